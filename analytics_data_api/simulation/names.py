"""Names of invented people, in the scripts that people write them in.

A name is followed by its spelling for usernames, a given name also by the gender of who bears it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Names:
    """The names of speakers of a language, with the cities that they live in and how many of the learners they are."""

    language: str
    share: int
    cities: str
    given: str
    family: str
    pattern: str = "{given} {family}"


NAMES = (
    Names(
        "en",
        30,
        "US:Boston US:Chicago US:Austin GB:Leeds CA:Toronto AU:Perth NG:Lagos KE:Nairobi ZA:Durban IE:Cork",
        "Will:will:m Grace:grace:f Amara:amara:f Oliver:oliver:m Hannah:hannah:f Marcus:marcus:m Chidi:chidi:m "
        "Rowan:rowan:o Eleanor:eleanor:f Samuel:samuel:m Quinn:quinn:o Wanjiru:wanjiru:f",
        "Smith:smith Okafor:okafor O'Brien:obrien Taylor:taylor Mwangi:mwangi Baker:baker Ford:ford Dlamini:dlamini "
        "McKenzie:mckenzie Hall:hall",
    ),
    Names(
        "es",
        12,
        "MX:Puebla ES:Sevilla CO:Cali AR:Rosario PE:Lima CL:Valdivia",
        "Núria:nuria:f José:jose:m Lucía:lucia:f Andrés:andres:m Inés:ines:f Íñigo:inigo:m Ximena:ximena:f",
        "Muñoz:munoz García:garcia Peña:pena López:lopez Ibáñez:ibanez Quispe:quispe",
    ),
    Names(
        "fr",
        7,
        "FR:Lyon FR:Nantes BE:Namur SN:Dakar CA:Québec",
        "Zoë:zoe:f François:francois:m Chloé:chloe:f Aïssatou:aissatou:f Théo:theo:m Benoît:benoit:m",
        "Lefèvre:lefevre Diop:diop Martin:martin Noël:noel Dubois:dubois",
    ),
    Names(
        "de",
        6,
        "DE:Köln DE:Leipzig AT:Graz CH:Basel",
        "Jürgen:juergen:m Käthe:kaethe:f Sören:soeren:m Anneliese:anneliese:f Björn:bjoern:m",
        "Müller:mueller Groß:gross Schäfer:schaefer Weiß:weiss Vogel:vogel",
    ),
    Names(
        "pt-br",
        7,
        "BR:Recife BR:Curitiba PT:Porto AO:Luanda",
        "João:joao:m Conceição:conceicao:f Thaís:thais:f Luís:luis:m Antônio:antonio:m",
        "Gonçalves:goncalves Araújo:araujo Silva:silva Magalhães:magalhaes",
    ),
    Names(
        "zh-cn",
        9,
        "CN:Chengdu CN:Wuhan TW:Tainan SG:Singapore",
        "伟:wei:m 芳:fang:f 丽:li:f 明:ming:m 静怡:jingyi:f 浩然:haoran:m",
        "王:wang 李:li 吴:wu 张:zhang 陈:chen",
        "{family}{given}",
    ),
    Names(
        "ja-jp",
        4,
        "JP:Sendai JP:Kobe",
        "結衣:yui:f 翔太:shota:m さくら:sakura:f 健:ken:m",
        "佐藤:sato 鈴木:suzuki 高橋:takahashi",
        "{family} {given}",
    ),
    Names(
        "ar",
        7,
        "EG:Giza MA:Fes JO:Irbid SA:Jeddah",
        "أمينة:amina:f يوسف:yousef:m فاطمة:fatima:f عمر:omar:m ليلى:layla:f",
        "حداد:haddad المصري:almasri منصور:mansour خوري:khoury",
    ),
    Names("he", 2, "IL:Haifa", "נועה:noa:f יוסי:yossi:m תמר:tamar:f", "לוי:levi כהן:cohen"),
    Names(
        "hi",
        10,
        "IN:Pune IN:Kochi IN:Jaipur IN:Kolkata NP:Patan",
        "Priya:priya:f Arjun:arjun:m Ananya:ananya:f Ravi:ravi:m दीपा:deepa:f Imran:imran:m",
        "Sharma:sharma Nair:nair Patel:patel Bose:bose Khan:khan",
    ),
    Names(
        "vi",
        3,
        "VN:Huế VN:Hanoi",
        "Thế:the:m Linh:linh:f Đức:duc:m Ngọc:ngoc:f",
        "Nguyễn:nguyen Trần:tran Lê:le",
        "{family} {given}",
    ),
    Names(
        "ru",
        3,
        "RU:Kazan UA:Lviv KZ:Almaty",
        "Ольга:olga:f Иван:ivan:m Дарья:darya:f Тимур:timur:m",
        "Ким:kim Шевченко:shevchenko Орлов:orlov",
    ),
)
