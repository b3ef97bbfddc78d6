"""What to say instead, which rights carry it in a country, and where to turn: norms, routes and triage."""
