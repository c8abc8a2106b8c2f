"""What letters say where nobody has written a template: by language and purpose, the subject and the "
"text. Pure."""

ENGLISH = {
    "acknowledgement": (
        "We have received your message {{ number }}",
        "Dear {{ customer_name }},\n\nthank you for telling us about “{{ subject }}”. We received it on "
        "{{ received_on }} and have given it the number {{ number }}.\n\nWe are looking into it. You "
        "will have our "
        "final answer by {{ due_on }} at the latest ({{ time_limit }}).\n\n{{ agent_name }}\n{{ business_name }}",
    ),
    "holding": (
        "Where we are with {{ number }}",
        "Dear {{ customer_name }},\n\nyou told us about “{{ subject }}” on {{ received_on }}. We have "
        "not finished "
        "looking into it, and are sorry for the wait. You will have our final answer by {{ due_on }}.\n\n"
        "{{ agent_name }}\n{{ business_name }}",
    ),
    "offer": (
        "Our offer for {{ number }}",
        "Dear {{ customer_name }},\n\nwe have looked into “{{ subject }}”. {{ reason }}\n\nTo put it "
        "right we offer "
        "you:\n\n{{ redress }}\n\nPlease let us know whether you accept.\n\n{{ agent_name }}\n{{ business_name }}",
    ),
    "final": (
        "Our final response to {{ number }}",
        "Dear {{ customer_name }},\n\nthis is our final response to what you told us on {{ received_on }}: "
        "“{{ subject }}”. Your complaint is {{ outcome }}.\n\n{{ reason }}\n\nIf you are not content "
        "with this, you "
        "may take it further to the body that settles disputes in your country; we shall tell you which one it is."
        "\n\n{{ agent_name }}\n{{ business_name }}",
    ),
}
KOREAN = {
    "acknowledgement": (
        "문의를 접수했습니다 {{ number }}",
        "{{ customer_name }} 고객님,\n\n“{{ subject }}” 건으로 연락 주셔서 감사합니다. {{ received_on "
        "}}에 접수되었으며 "
        "접수 번호는 {{ number }}입니다.\n\n현재 확인하고 있습니다. 늦어도 {{ due_on }}까지({{ "
        "time_limit }} 이내) 최종 답변을 "
        "드리겠습니다.\n\n{{ agent_name }}\n{{ business_name }}",
    ),
    "holding": (
        "{{ number }} 건 진행 상황",
        "{{ customer_name }} 고객님,\n\n{{ received_on }}에 알려 주신 “{{ subject }}” 건은 아직 확인하고 "
        "있습니다. 기다리시게 "
        "하여 죄송합니다. {{ due_on }}까지 최종 답변을 드리겠습니다.\n\n{{ agent_name }}\n{{ business_name }}",
    ),
    "offer": (
        "{{ number }} 건에 대한 제안",
        "{{ customer_name }} 고객님,\n\n“{{ subject }}” 건을 확인했습니다. {{ reason }}\n\n다음과 같이 "
        "보상해 드리고자 합니다.\n\n"
        "{{ redress }}\n\n수락하시는지 알려 주시기 바랍니다.\n\n{{ agent_name }}\n{{ business_name }}",
    ),
    "final": (
        "{{ number }} 건에 대한 최종 답변",
        "{{ customer_name }} 고객님,\n\n{{ received_on }}에 알려 주신 “{{ subject }}” 건에 대한 최종 답변입니다. "
        "검토 결과: {{ outcome }}.\n\n{{ reason }}\n\n이 결과에 동의하지 않으시면 거주하시는 국가의 분쟁 "
        "조정 기관에 문의하실 수 "
        "있습니다. 어느 기관인지 안내해 드리겠습니다.\n\n{{ agent_name }}\n{{ business_name }}",
    ),
}
THAI = {
    "acknowledgement": (
        "เราได้รับข้อความของคุณแล้ว {{ number }}",
        "เรียน คุณ {{ customer_name }}\n\nขอบคุณที่แจ้งเรื่อง “{{ subject }}” เราได้รับเมื่อ {{ received_on }} "
        "หมายเลขเรื่องคือ {{ number }}\n\nเรากำลังตรวจสอบ และจะให้คำตอบสุดท้ายภายใน {{ due_on }} เป็นอย่างช้า "
        "({{ time_limit }})\n\n{{ agent_name }}\n{{ business_name }}",
    ),
    "holding": (
        "ความคืบหน้าของ {{ number }}",
        "เรียน คุณ {{ customer_name }}\n\nเรื่อง “{{ subject }}” ที่คุณแจ้งเมื่อ {{ received_on }} "
        "เรายังตรวจสอบไม่เสร็จ "
        "ขออภัยที่ทำให้รอ เราจะให้คำตอบสุดท้ายภายใน {{ due_on }}\n\n{{ agent_name }}\n{{ business_name }}",
    ),
    "offer": (
        "ข้อเสนอของเราสำหรับ {{ number }}",
        "เรียน คุณ {{ customer_name }}\n\nเราได้ตรวจสอบเรื่อง “{{ subject }}” แล้ว {{ reason }}\n\n"
        "เพื่อแก้ไขเรื่องนี้ เราขอเสนอ\n\n{{ redress }}\n\nโปรดแจ้งให้เราทราบว่าคุณยอมรับหรือไม่\n\n"
        "{{ agent_name }}\n{{ business_name }}",
    ),
    "final": (
        "คำตอบสุดท้ายสำหรับ {{ number }}",
        "เรียน คุณ {{ customer_name }}\n\nนี่คือคำตอบสุดท้ายต่อเรื่อง “{{ subject }}” ที่คุณแจ้งเมื่อ {{ "
        "received_on }} "
        "ผลการพิจารณา: {{ outcome }}\n\n{{ reason }}\n\nหากคุณไม่พอใจกับผลนี้ "
        "คุณสามารถยื่นเรื่องต่อหน่วยงานระงับข้อพิพาท"
        "ในประเทศของคุณ เราจะแจ้งให้ทราบว่าเป็นหน่วยงานใด\n\n{{ agent_name }}\n{{ business_name }}",
    ),
}
LETTERS = {"en": ENGLISH, "ko": KOREAN, "th": THAI}
