"""Everyday words that give a language away, folded (no diacritics, Cyrillic as Latin): one word, one group.

Picked by hand from frequency lists of posts, news and scripture; words that another of our languages, or a neighbour
such as Slovene, Bulgarian, Italian or Swedish, uses often were left out. They speak where a post is too short or too
dialectal for the statistics of letters.
"""

from __future__ import annotations

_WORDS = {
    "en": """about again against all always and any anyone anything back because been being between but can come
        could didn doesn doing don each even every everyone from get getting give got have her here him his how
        if isn it just know like make many me more must my never next nobody not nothing now off only or other
        our own people please really said same say says she should some someone something take than thanks that
        the their them then there these they things think this those through trying very want way we were what
        when where which who whole why will with woman women would wrong years you your""",
    "sq": """aj ajo akoma apo asgje asht ashtu asnje ata atje ato aty atyre behen behesh behet bej beje bejn bejne
        bere besh boll boni brenda bukur cdo cfar cfare cka dakort dashur deri deshe dhe dicka djale djali dmth
        drejt drejten dreq duan duhen duhet duke duket edhe edi emrin epo esht eshte faj faleminderit familja
        familje femije femijet fjal fjale flasin flet flisni fundit gati gjall gje gjet gjith gjitha gjithe
        gjithmon gjithmone gra grate hallall ikin inshalla ishalla ishim ishin ishte jam jan jane jasht jashte
        jemi jeni jepet jepja jepni jeta jete jeten ju juve kajota kane kaq kemi keni keq kesaj keshtu keta kete
        ketij keto ketu kishe kishte kjo koh kohe kohen koka koken kosov kosova kosove krejt ksaj kshu kta kte
        ktij kto ktu ku kudo kujdes kujt kuptoj kur kurr kurre kurse kush lek leket lekun lloj lumte madh madhe
        marre mbi mend mendjen mendon miq miqte mire mjer moj mund ndaj nder ndodh ndodhin ndonje ndoshta neper
        nese neser nevoj nga nje njehere njerez njerezit njerezve njeri njeriu njerz njerzit nji nuk ore ose osh
        osht paska paske pastaj pasur patjeter perpara perse popujt popull populli popullin popullit pra prandaj
        prap prape prish pse pune punen punet pyetje qe qene qenka qesh qeveria qka quhet qysh respekt rreth
        rruge rrugen rruget saj sdo sepse shiko shikon shikoni shko shkon shok shpejt shpi shpirt shqip shqiperi
        shqiperia shqipetar shqipetare shqipetaret shqipri shqiptar shqiptare shqiptaret shqiptareve sht shtepi
        shtet shteti shum shume sigurt sikur ska skam skan ske skemi skeni sot spo tani tash tashi tende thjesht
        thon thoni thot thote thuaj tij tjeter tjetri tjetrin tju tona trego tregon tuaj turp tyre vajza vajze
        vend vendi vendin veq vertet vertete verteten vesh vete vetem veten vetes vij vite vitesh vjen vjet vlla
        vllai zemer zot zoti zotit""",
    "bcms": """ako ali bice bih bili bilo bio bismo biste biti cak cemo cete covek covjek dakle danas deca decu djeca
        djecu dok dovoljno drzava drzave evo gde gdje gospodo grad gradu hoce hoces hocu hrvatska hrvatskoj hteo
        htio hvala imaju imamo imati ionako ipak ista isto izmedu jednog jednom jednostavno jel jer jeste joj
        jos juce kad kada kao kaze kazem koja koje kojem koji kojih kojima kojoj koju koliko kroz ljubav ljude
        ljudi ljudima manje medu mislim mogu moguce mozda mozemo nakon naravno narod narodu nas nasa nase nasi
        nazalost nece necemo necu nego neka neko nekoliko nemaju nemam nemas nemoj netko nije nikad nikada niko
        nisam nismo nista nisu nitko njegov njegova njegove njemu njih njihov njihova njima njoj odmah onaj onda
        onih onog opet osim ovaj ovakav ovako ovdje ove ovi ovih ovim ovo ovog ovom ponovo poslije postaje
        potpuno prije puta rade radi rece rekao sad sada sam samim sebi smo srbija srbiji sta stvarno sutra
        svaka svaki svako sve svega svi svih svim svima svog svoj svoje svojim svojoj svoju svom svugde takav
        tako takva takve takvi tamo tko toga toliko trebalo uopce uopste upravo uvek uvijek valjda vasa vase vec
        veoma vise vrlo zaista zar zasto zato zbog zelim zemlja zemlje zena zene zive zivi zivot zivota zna znam
        znas""",
    "mk": """avtomatski bea begalci begalcite bese bidat bide bidejki decata deka denes denot doaga doagaat dodeka
        dojde dokolku drzavata edna ednas edni edno gi gradot idat imaat imame imase kade kakov kakva ke kje koe
        koga koi koj kolku luge lugeto lugje makedonci makedonec makedonija makedonskata makedonski makedonskiot
        megu migrantite mislam mnogu mozam mozat najdobro najmnogu napravi narodot nasiot nasite negovata nejze
        nekoi nekoj nekolku nemaat nemame nemase nikade nikogas nikoj nisto nivnata nivni nivnite odat odi okolu
        opstina osobeno ova ovaa ovie ovoj podobar podobro politicki pomegu potoa poveke povekje povtorno pravat
        preku rabota rabotat raboti saka sakaat sakam sakame sega sekoe sekogas sekoj sekoja sepak site skopje
        sostojba spored svoite taa tamu tie toa togas tolku tuka ucesnicite uste utre vasata vasiot vasite vcera
        veke vistina vladata vlasta vo vrz zatoa zborovi zboruva zboruvaat zemja zemjata zenata zenite znaes
        znaete zosto""",
    "ro": """acasa aceasta acest aceste acestia acolo acum adevarat adevarul adica afara aia aici altfel altii ani
        anul apoi asa asta astia atat atata ati atunci avea avem aveti bani banii bine bucuresti buni ca cand
        care cate cati cauza ceea cei celor ceva cfr chiar cine cineva copiii corect cred cu cum daca dar decat
        deci despre din doar doua dreptate dumneavoastra dupa esti exista fac faca face faceti faci facut fara
        femeile fi fie fiecare foarte fost frate frumos iar imi inca inseamna inteleg intelegi intre isi iti
        iubesc lasati locul lor lui lumea mai mare moldoveni mult multe multi multumesc muncesc muncim naiba
        nici niciodata nimeni nimic niste noastra noastre nostru nu numai oameni oamenii odata orice oricum
        pacat pana parca parerea pe pentru peste poate poti prea primul prin probabil putea putin rau refugiati
        romaneste romani romania romanilor sau scoala seama sigur spun spune spus stie stiti stiu strain straini
        strainii sunt suntem sunteti tara tare tarii toate tot toti treaba trebui trebuia trebuie uita uiti unde
        vad vede vedem vedeti vezi viata viitor vina vine voastra voastre vostru vrea vreau vrei vrem vreo zic
        zice zis""",
    "tr": """abi acik adam allah amk ancak arkadaslar artik asla aslinda aynen ayni ayrica bakalim bana baska belki
        ben bence benden beni benim bir biraz birlikte birsey bisey biz bizde bize bizim boyle boylece bu bugun
        bunlar bunlari bunu bunun butun buyuk canim cocuk cok cunku daha dedim degil degildir degilim degiller
        demek devlet diye diyor diyorum dunya ederim ediyor ediyorum etmek ettim evde evet falan farkli fazla
        galiba gece gecen gecmis geldi gelecek gelen gelir geliyor gelsin gercek gercekten gerek gibi gitsin
        gitsinler gocmen gun gunaydin guzel hadi hafta hangi hayat hayir hep hepsi herkes herkese hic hicbir
        hocam icin icinde ile insallah insan insanlar insanlara insanlarin istemiyoruz isteyen istiyorum
        istiyoruz iyi kadar kadin kardesim karsi kendi kendimi kendine kendini kesin keske kimse kisi kotu kucuk
        lan lazim lutfen millet misin multeci mutlu nasil neden nedir neyse niye olabilir olacak olan olarak
        oldu oldugunu oldum olmak olmaz olmus olsa olsun olup olur olursa oluyor onemli onlar onlari oyle resmen
        sabah sacma sadece sana sanirim sanki sekilde sen seni senin sevgili seviyorum sey seyi seyler simdi siz
        sizi sizin sonra soyle soz surekli suriyeli suriyeliler tamam tekrar tesekkur tum turk turkiye turkler
        ulke ulkede ulkemde ulkemizde ulkemizi ulkesi ulkeyi umarim valla var varsa vatan ve veya yalan yalniz
        yani yanlis yapan yapmak yapti yarin yerde yerine yeter yine yok yoksa yuzden zaman zaten""",
    "und": """aber alebo ampak anche att auch auf avec bodo bolj bom bomo che co como csak cuando dans das del della
        der des det die donde een egy ein eine est esta estan gli gre haben hay het hogy ikke imajo inte isso
        ist jak jeg jest jsem jsou kaj kdo ker ki kjer ktere ktery ktory lahko les ljudje mais meg morajo muy
        nao nekaj nem neni nicht nie niet nihce nisem non nous och oder pero porque potem pour que questo qui
        res sa sem sich sie sind slovenija slovenski som sono sur takoj tambien tega teh tem ter tudi tylko uma
        una und une van voce voor vous vsak vse wenn wir zakaj zdaj zijn""",
}

CLUES: dict[str, str] = {word: group for group, words in _WORDS.items() for word in words.split()}
"""Folded word to scoring group; ``und`` for languages that the library does not read (Slovene, Czech, German …)."""

BCMS_OR_MK: dict[str, float] = {
    **dict.fromkeys(
        [
            "je",
            "su",
            "sa",
            "u",
            "iz",
            "ih",
            "ga",
            "ce",
            "cu",
            "sta",
            "sve",
            "to",
            "smo",
            "kao",
            "ali",
            "nije",
            "sam",
            "nju",
            "njoj",
            "kod",
            "uz",
        ],
        -1.0,
    ),
    **dict.fromkeys(["so", "vo", "go", "gi", "ke", "toa", "sum", "deka", "jas", "vie", "nea", "niv", "kaj"], 1.0),
    **dict.fromkeys(["e", "na", "od", "za", "ja", "ova", "toj"], 0.4),
}
"""Short words that only tell these two apart (below zero bcms, above zero mk); other languages have most of them."""
