"""What customers of the invented company tell it, in three languages, and what it answers. Nobody here exists."""

from dataclasses import dataclass

Words = dict[str, str]

# Trees: code, name, and what it is part of.
THEMES = (
    ("delivery", "Delivery", ""),
    ("late", "Too late", "delivery"),
    ("damaged", "Arrived damaged", "delivery"),
    ("goods", "Goods", ""),
    ("taste", "Taste and freshness", "goods"),
    ("wrong-item", "Not what was ordered", "goods"),
    ("service", "Service", ""),
    ("unfriendly", "Unfriendly", "service"),
    ("points", "Points and rewards", ""),
)
CAUSES = (
    ("carrier", "Carrier", ""),
    ("carrier-capacity", "Too few vans before holidays", "carrier"),
    ("packing", "Packing", ""),
    ("packing-tins", "Tins without padding", "packing"),
    ("picking", "Wrong shelf in the warehouse", ""),
    ("supplier", "Batch of a supplier", ""),
    ("staffing", "Too few people at the counter", ""),
    ("wording", "Rules that are hard to understand", ""),
)
ACTIONS = (
    ("Second carrier for December", "carrier-capacity", 25),
    ("Paper padding in every parcel with tins", "packing-tins", -6),
    ("Say on the receipt when points arrive", "wording", -90),
)


@dataclass(frozen=True)
class Story:
    """One thing that happens to customers. ``cause`` is empty where nobody was at fault."""

    kind: str
    theme: str
    cause: str
    severity: int
    subject: Words
    text: Words
    answer: Words


def three(en: str, ko: str, th: str) -> Words:
    return {"en": en, "ko": ko, "th": th}


STORIES = (
    Story(
        "complaint", "late", "carrier-capacity", 2,
        three(
            "Parcel a week late",
            "배송이 일주일 늦었습니다",
            "พัสดุมาช้าหนึ่งสัปดาห์",
        ),
        three(
            "I ordered a present and it came a week after the birthday.",
            "생일 선물로 주문했는데 생일이 지나고 일주일 뒤에 도착했습니다.",
            "ฉันสั่งของขวัญวันเกิด แต่ของมาถึงหลังวันเกิดหนึ่งสัปดาห์",
        ),
        three(
            "You are right, that was too late, and we are sorry.",
            "말씀이 맞습니다. 너무 늦었습니다. 정말 죄송합니다.",
            "คุณพูดถูก เราส่งช้าเกินไป ต้องขออภัยจริง ๆ",
        ),
    ),
    Story(
        "complaint", "damaged", "packing-tins", 3,
        three(
            "Tin dented, tea spilled",
            "통이 찌그러지고 차가 쏟아졌어요",
            "กระป๋องบุบและชาหก",
        ),
        three(
            "The tin was dented and half of the tea was in the box.",
            "통이 찌그러져서 차의 절반이 상자 안에 쏟아져 있었습니다.",
            "กระป๋องบุบ ชาครึ่งหนึ่งหกอยู่ในกล่อง",
        ),
        three(
            "That is not how tea should arrive. We send you a new tin.",
            "이렇게 도착해서는 안 되는데 죄송합니다. 새 통을 보내 드리겠습니다.",
            "ชาไม่ควรมาถึงในสภาพนี้ เราจะส่งกระป๋องใหม่ให้คุณ",
        ),
    ),
    Story(
        "complaint", "wrong-item", "picking", 2,
        three(
            "Green tea instead of black",
            "홍차 대신 녹차가 왔습니다",
            "ได้ชาเขียวแทนชาดำ",
        ),
        three(
            "I ordered Assam and received Sencha.",
            "아삼을 주문했는데 센차가 왔습니다.",
            "ฉันสั่งอัสสัมแต่ได้เซนฉะ",
        ),
        three(
            "We took it from the wrong shelf. The right one is on its way; please keep the other.",
            "선반을 착각했습니다. 맞는 제품을 보내 드렸고, 받으신 차는 그대로 드셔도 됩니다.",
            "เราหยิบผิดชั้น ตอนนี้ส่งของที่ถูกต้องไปแล้ว ส่วนชาที่ได้รับเก็บไว้ได้เลย",
        ),
    ),
    Story(
        "complaint", "taste", "supplier", 2,
        three(
            "Tea tastes of nothing",
            "차에서 아무 맛이 안 나요",
            "ชาไม่มีรสชาติ",
        ),
        three(
            "The last bag tastes of nothing; it used to be much better.",
            "이번에 산 차는 맛이 없습니다. 예전에는 훨씬 좋았어요.",
            "ชาถุงล่าสุดไม่มีรสชาติเลย เมื่อก่อนดีกว่านี้มาก",
        ),
        three(
            "We tasted that batch again, and you are right.",
            "해당 제품을 다시 시음해 보았고, 말씀이 맞았습니다.",
            "เราชิมชาชุดนั้นอีกครั้งแล้ว และคุณพูดถูก",
        ),
    ),
    Story(
        "complaint", "unfriendly", "staffing", 3,
        three(
            "Nobody had time for me",
            "아무도 응대해 주지 않았습니다",
            "ไม่มีใครมีเวลาให้ฉัน",
        ),
        three(
            "I waited for twenty minutes in the shop and was then sent away.",
            "매장에서 이십 분을 기다렸는데 그냥 돌아가라고 했습니다.",
            "ฉันรอที่ร้านยี่สิบนาที แล้วถูกบอกให้กลับ",
        ),
        three(
            "That should not happen. We have spoken with the shop.",
            "있어서는 안 될 일입니다. 매장과 이야기했습니다.",
            "เรื่องนี้ไม่ควรเกิดขึ้น เราได้คุยกับทางร้านแล้ว",
        ),
    ),
    Story(
        "complaint", "points", "wording", 1,
        three(
            "My points are missing",
            "포인트가 들어오지 않았습니다",
            "คะแนนของฉันหายไป",
        ),
        three(
            "I bought tea on Saturday and have no points for it.",
            "토요일에 차를 샀는데 포인트가 없습니다.",
            "ฉันซื้อชาวันเสาร์แต่ยังไม่ได้คะแนน",
        ),
        three(
            "They arrive when the time for returns is over. We should say so more clearly.",
            "반품 기간이 지나면 적립됩니다. 더 분명히 안내해 드렸어야 했습니다.",
            "คะแนนจะเข้าหลังพ้นกำหนดคืนสินค้า เราควรบอกให้ชัดเจนกว่านี้",
        ),
    ),
    Story(
        "question", "goods", "", 1,
        three(
            "How long does it keep?",
            "유통기한이 얼마나 되나요?",
            "เก็บได้นานเท่าไร",
        ),
        three(
            "How long does an opened bag keep?", "개봉한 차는 얼마나 보관할 수 있나요?", "ชาที่เปิดแล้วเก็บได้นานเท่าไร"
        ),
        three(
            "About a year, closed and dark.",
            "밀봉해서 어두운 곳에 두시면 일 년 정도입니다.",
            "ประมาณหนึ่งปี ปิดสนิทและเก็บในที่มืด",
        ),
    ),
    Story(
        "question", "points", "", 1,
        three(
            "Can I give points away?",
            "포인트를 선물할 수 있나요?",
            "ฉันให้คะแนนคนอื่นได้ไหม",
        ),
        three(
            "Can my sister have my points?",
            "제 포인트를 언니에게 줄 수 있나요?",
            "ฉันให้คะแนนพี่สาวได้ไหม",
        ),
        three(
            "Yes, from your page, up to the limit of the month.",
            "네, 월 한도까지 가능합니다.",
            "ได้ค่ะ ไม่เกินจำนวนต่อเดือน",
        ),
    ),
    Story(
        "suggestion", "goods", "", 1,
        three(
            "Smaller bags, please",
            "작은 포장도 있으면 좋겠어요",
            "อยากได้ถุงเล็ก",
        ),
        three(
            "I should like to try more kinds in small bags.",
            "작은 포장으로 여러 가지를 맛보고 싶습니다.",
            "ฉันอยากลองหลายชนิดในถุงเล็ก",
        ),
        three(
            "A good idea; our buyers have it.",
            "좋은 의견 감사합니다. 담당자에게 전달했습니다.",
            "เป็นความคิดที่ดี เราส่งต่อให้ฝ่ายจัดซื้อแล้ว",
        ),
    ),
    Story(
        "praise", "service", "", 1,
        three(
            "Thank you for the advice",
            "추천 감사합니다",
            "ขอบคุณสำหรับคำแนะนำ",
        ),
        three(
            "Your colleague found just the right tea for my mother.",
            "직원분이 어머니께 꼭 맞는 차를 골라 주셨어요.",
            "พนักงานเลือกชาที่เหมาะกับแม่ของฉันมาก",
        ),
        three(
            "We shall tell her. Thank you!",
            "직원에게 전하겠습니다. 감사합니다!",
            "เราจะบอกเธอ ขอบคุณค่ะ",
        ),
    ),
)  # fmt: skip

LETTERS: tuple[tuple[str, str, str, str], ...] = (
    (
        "acknowledgement", "en", "We have received your complaint {{ number }}",
        "Dear {{ customer_name }},\n\nthank you for telling us about “{{ subject }}”. We are looking into it, and you "
        "will have our final answer by {{ due_on }} at the latest.\n\n{{ agent_name }}",
    ),
    (
        "acknowledgement", "ko", "문의가 접수되었습니다 {{ number }}",
        "{{ customer_name }} 고객님,\n\n“{{ subject }}” 건을 {{ received_on }}에 접수했습니다. "
        "늦어도 {{ due_on }}까지 "
        "최종 답변을 드리겠습니다.\n\n{{ agent_name }} 드림",
    ),
    (
        "acknowledgement", "th", "เราได้รับเรื่องของคุณแล้ว {{ number }}",
        "เรียน คุณ {{ customer_name }}\n\nเราได้รับเรื่อง “{{ subject }}” เมื่อ {{ received_on }} แล้ว และจะให้คำตอบสุดท้าย"
        "ภายใน {{ due_on }}\n\n{{ agent_name }}",
    ),
    (
        "final", "ko", "최종 답변 {{ number }}",
        "{{ customer_name }} 고객님,\n\n{{ received_on }}에 알려 주신 “{{ subject }}” 건에 대한 최종 답변입니다.\n\n"
        "{{ reason }}\n\n{{ agent_name }} 드림",
    ),
    (
        "final", "th", "คำตอบสุดท้าย {{ number }}",
        "เรียน คุณ {{ customer_name }}\n\nนี่คือคำตอบสุดท้ายเรื่อง “{{ subject }}” ที่คุณแจ้งเมื่อ {{ received_on }}\n\n"
        "{{ reason }}\n\n{{ agent_name }}",
    ),
)  # fmt: skip

# What is said where a complaint is not upheld, whatever it was about.
NOT_UPHELD = {
    "en": "We have looked into it with everybody concerned and found that all went as agreed. We are sorry that we "
    "cannot do more this time.",
    "ko": "관련된 모든 분께 확인해 보았으나 약속드린 대로 처리된 것으로 확인되었습니다. "
    "더 도와드리지 못해 죄송합니다.",
    "th": "เราตรวจสอบกับทุกฝ่ายที่เกี่ยวข้องแล้ว และพบว่าทุกอย่างเป็นไปตามที่ตกลงกัน ขออภัยที่ครั้งนี้เราไม่สามารถช่วยได้มากกว่านี้",
}
