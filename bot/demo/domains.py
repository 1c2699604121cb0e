"""Top-level domains under which Telegram takes a bare name for an address.

All of the countries, and the general ones met in text about software; not the whole registry.
"""

_COUNTRIES = """
ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt
bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg
er es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn
hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li
lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne
nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb
sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr
tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw ایران рф
"""

_GENERAL = """
academy aero agency app apple art asia audio auto aws band bank bar best bet bible bid bike bing
bio biz black blog blue book bot build business buy buzz cafe cam camera camp car cards care cars
cash casino cat center chat cheap church city click cloud club coach codes coffee college com
community company computer contact cool coop credit dad dance data date day deal deals degree
delivery dental design dev diet digital direct directory doctor docs dog domains download drive
earth eco edu education email energy engineer engineering equipment estate events exchange expert
express fail faith family fan farm fashion fast film final finance financial fish fit fitness
flights fly foo food football forum foundation free fun fund fyi gallery game games garden gay
gift gifts global gmail gold golf google gov graphics green group guide guru health help here
hockey holiday homes horse hospital host hosting hot hotels house how icu inc industries info ink
institute insurance int international investments java jobs kids kim kitchen land law lawyer
lease legal life like limited link live loan lol love ltd management map market marketing mba
media meet meme men menu microsoft mil mini mobi mobile moda moe mom money mov movie museum music
name navy net network new news next ngo ninja now one online open oracle orange org organic page
partners parts party pay pet phd phone photo photography photos pics pictures pink pizza place
play plus poker porn post press prime pro prod productions promo properties property pub racing
radio read recipes red rent rentals repair report rest restaurant review reviews rich rip rocks
room run safe sale school science search secure security services sex shop shopping show site ski
skin sky smart social software solar solutions song space sport spot storage store stream studio
study style support surf systems talk tax taxi team tech technology tel tennis theater tickets
tips tires today tools top tours town toys trade trading training travel trust tube university
uno vacations ventures vet video villas vin vip vision vote voting voyage watch weather website
wedding wiki win wine work works world wow wtf xxx xyz yachts yahoo yandex yoga you youtube zero
zip zone
"""

COMMON_TLDS = frozenset((_COUNTRIES + _GENERAL).split())
