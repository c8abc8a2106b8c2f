"""Names that very many people bear, to be put together at random: (as written, in plain letters)."""

from random import Random

Name = tuple[str, str]


def _pairs(text: str) -> tuple[Name, ...]:
    """``Zoë=zoe Emma`` as pairs; what needs no second form is put in lower case."""
    return tuple((written, plain or written.lower()) for written, _, plain in (w.partition("=") for w in text.split()))


GIVEN = {
    "german": _pairs(
        "Anna Björn=bjoern Claudia Daniel Elke Felix Grit Hanna Jörg=joerg Jürgen=juergen Katrin Lena "
        "Lukas Maja Nele Paul René=rene Sören=soeren Tobias Uwe Zoë=zoe"
    ),
    "french": _pairs(
        "Adèle=adele Benoît=benoit Camille Chloé=chloe Denis Élodie=elodie François=francois "
        "Gaëlle=gaelle Hugo Inès=ines Jérôme=jerome Léa=lea Margaux Noémie=noemie Océane=oceane Thibault "
        "Zélie=zelie"
    ),
    "british": _pairs(
        "Alice Amir Beth Callum Chloë=chloe Dylan Ffion Grace Hamish Isla Jack Megan Nadia Owen Priya Siân=sian"
    ),
    "nordic": _pairs(
        "Åsa=asa Astrid Björn=bjorn Ebba Göran=goran Håkan=hakan Ingrid Linnéa=linnea Märta=marta Nils Östen=osten"
    ),
    "polish": _pairs(
        "Agnieszka Bartłomiej=bartlomiej Grażyna=grazyna Jakub Łucja=lucja Małgorzata=malgorzata Paweł=pawel Zofia"
    ),
    "korean": _pairs(
        "민준=minjun 서연=seoyeon 지훈=jihun 하은=haeun 도윤=doyun 수아=sua 예준=yejun 지우=jiwoo 현우=hyunwoo "
        "은지=eunji 미경=mikyung 영호=youngho 성민=sungmin 유진=yujin 혜진=hyejin 정숙=jungsook 다은=daeun"
    ),
    "thai": _pairs(
        "สมชาย=somchai สมหญิง=somying วิชัย=wichai มาลี=malee ประเสริฐ=prasert นภา=napa อนันต์=anan "
        "ปราณี=pranee สุดา=suda ธนา=thana กมล=kamon พิมพ์=pim ชัยวัฒน์=chaiwat วรรณา=wanna ศิริ=siri "
        "นิด=nid"
    ),
}

# Thai family names belong to one family each: these are the ones that Thai forms and school books use as samples.
FAMILY = {
    "german": _pairs(
        "Becker Fischer Groß=gross Hoffmann Jäger=jaeger Köhler=koehler Krüger=krueger Lange "
        "Möller=moeller Müller=mueller Neumann Richter Schäfer=schaefer Schmidt Schröder=schroeder Vogel "
        "Wagner Weiß=weiss Öztürk=oeztuerk Özdemir=oezdemir"
    ),
    "french": _pairs(
        "Bernard Dubois Durand Fournier Garçon=garcon Lefèvre=lefevre Lemaître=lemaitre Moreau Petit "
        "Prévost=prevost Rousseau Royer Simon Thévenet=thevenet"
    ),
    "british": _pairs(
        "Bailey Begum Cooper Evans Fraser Green Hughes Khan Lloyd Mason O'Neill=oneill Patel Reid Shaw Walker"
    ),
    "nordic": _pairs(
        "Åberg=aberg Björklund=bjorklund Eriksson Höglund=hoglund Lindström=lindstrom Nyström=nystrom Sjöberg=sjoberg"
    ),
    "polish": _pairs("Mazur Kowalczyk Król=krol Nowak Wójcik=wojcik Zając=zajac Żak=zak"),
    "korean": _pairs(
        "김=kim 이=lee 박=park 최=choi 정=jung 강=kang 조=cho 윤=yoon 장=jang 임=lim 한=han 오=oh 서=seo 신=shin"
    ),
    "thai": _pairs(
        "ใจดี=jaidee มีสุข=meesuk รักไทย=rakthai ทองดี=thongdee บุญมี=boonmee ศรีสุข=srisuk ดีงาม=deengam สุขใจ=sukjai"
    ),
}


def name(people: str, dice: Random) -> Name:
    """A whole name as its bearer writes it, and as ``given.family`` in plain letters."""
    given, plain_given = dice.choice(GIVEN[people])
    family, plain_family = dice.choice(FAMILY[people])
    written = f"{family}{given}" if people == "korean" else f"{given} {family}"
    return written, f"{plain_given}.{plain_family}"
