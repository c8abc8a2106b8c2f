"""The timetable: what runs by itself, and when. Every entry is safe to run late or twice."""

from celery.schedules import crontab

TIMETABLE: dict[str, dict[str, object]] = {
    "calendars learn the holidays of coming years": {
        "task": "calendars.tasks.learn_holidays",
        "schedule": crontab(day_of_month=2, hour=4, minute=10),
    },
    "figures follow the purchases": {
        "task": "insights.tasks.follow_purchases",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "figures of the month under way are taken": {
        "task": "insights.tasks.take_current_figures",
        "schedule": 120,
        "options": {"expires": 120},
    },
    "customers are scored": {
        "task": "insights.tasks.score_customers",
        "schedule": crontab(hour=2, minute=20),
    },
    "experiments are looked at": {
        "task": "insights.tasks.look_at_experiments",
        "schedule": crontab(minute=42),
    },
    "pages of figures are sent": {
        "task": "insights.tasks.send_views",
        "schedule": crontab(minute="*/15"),
    },
    "all figures are taken": {
        "task": "insights.tasks.take_all_figures",
        "schedule": crontab(minute=12),
    },
    "messages are sent": {
        "task": "communications.tasks.send_messages",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "messages follow their customers": {
        "task": "communications.tasks.follow_customers",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "what plans have due is handed over": {
        "task": "communications.tasks.hand_over_what_is_due",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "campaigns find their customers": {
        "task": "communications.tasks.find_customers_of_campaigns",
        "schedule": crontab(minute="*/5"),
    },
    "days of customers are looked for": {
        "task": "communications.tasks.look_for_days",
        "schedule": crontab(minute=8),
    },
    "overdue tasks of people escalate": {
        "task": "communications.tasks.escalate_overdue_tasks",
        "schedule": crontab(minute=20),
    },
    "imports go on": {
        "task": "customers.tasks.carry_imports_on",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "uploaded files that no import needs are removed": {
        "task": "customers.tasks.sweep_uploads",
        "schedule": crontab(minute=50),
    },
    "customers move from stage to stage": {
        "task": "customers.tasks.move_stages",
        "schedule": crontab(minute=20),
    },
    "mailboxes are read": {
        "task": "feedback.tasks.read_mailboxes",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "files that no case needs are removed": {
        "task": "feedback.tasks.sweep_attachments",
        "schedule": crontab(minute=55),
    },
    "files that no agenda needs are removed": {
        "task": "advisory.tasks.sweep_materials",
        "schedule": crontab(minute=56),
    },
    "seats are taken, given back and filled again": {
        "task": "advisory.tasks.move_seats",
        "schedule": crontab(minute="7,37"),
    },
    "forget old replies of the API": {
        "task": "integrations.tasks.forget_old_replies",
        "schedule": crontab(minute=17),
    },
    "webhooks hear of new facts": {
        "task": "integrations.tasks.queue_webhooks",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "webhooks are sent": {
        "task": "integrations.tasks.send_webhooks",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "forget old webhook deliveries": {
        "task": "integrations.tasks.forget_old_deliveries",
        "schedule": crontab(hour=3, minute=40),
    },
    "loyalty reacts to what happened": {
        "task": "loyalty.tasks.react_to_facts",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "rules are tried on past purchases": {
        "task": "loyalty.tasks.try_rules",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "designs of programmes are replayed": {
        "task": "loyalty.tasks.replay_designs",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "wallets are settled": {
        "task": "loyalty.tasks.settle_wallets",
        "schedule": crontab(hour=0, minute=10),
    },
    "customers come to their tiers": {
        "task": "loyalty.tasks.settle_tiers",
        "schedule": crontab(hour=0, minute=20),
    },
    "households get their share": {
        "task": "loyalty.tasks.share_in_households",
        "schedule": crontab(minute=35),
    },
    "bulk grants go on": {
        "task": "loyalty.tasks.carry_grants_on",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "expiry is told of": {
        "task": "loyalty.tasks.tell_of_expiry",
        "schedule": crontab(hour=6, minute=0),
    },
    "partners are settled": {
        "task": "loyalty.tasks.settle_partners",
        "schedule": crontab(hour=5, minute=0),
    },
    "stamps are counted": {
        "task": "loyalty.tasks.count_stamps",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "what nobody paid is released": {
        "task": "loyalty.tasks.release_unpaid",
        "schedule": crontab(minute="*/10"),
    },
    "vouchers expire": {
        "task": "loyalty.tasks.expire_vouchers",
        "schedule": crontab(minute=25),
    },
    "friends who were brought are rewarded": {
        "task": "loyalty.tasks.settle_referrals",
        "schedule": crontab(minute=35),
    },
    "sessions that ran out are forgotten": {
        "task": "people.tasks.sweep_sessions",
        "schedule": crontab(hour=4, minute=25),
    },
    "pictures that nothing needs are removed": {
        "task": "loyalty.tasks.sweep_pictures",
        "schedule": crontab(minute=45),
    },
    "memberships end": {
        "task": "loyalty.tasks.end_memberships",
        "schedule": crontab(minute=5),
    },
    "surveys hear of occasions": {
        "task": "feedback.tasks.hear_of_occasions",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "surveys are sent, reminded of and closed": {
        "task": "feedback.tasks.move_surveys",
        "schedule": crontab(minute="*/5"),
    },
    "the ledger is sealed": {
        "task": "loyalty.tasks.seal_ledger",
        "schedule": crontab(minute=40),
    },
    "the ledger is audited": {
        "task": "loyalty.tasks.audit_ledger",
        "schedule": crontab(hour=3, minute=30),
    },
    "customers who may be one person are looked for where somebody asked": {
        "task": "customers.tasks.look_for_duplicates",
        "schedule": 10,
        "options": {"expires": 10},
    },
    "meetings are reminded of": {
        "task": "advisory.tasks.remind_of_meetings",
        "schedule": crontab(minute="*/5"),
    },
    "replies of calendars are read": {
        "task": "advisory.tasks.read_calendar_replies",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "segments learn what customers complained about": {
        "task": "feedback.tasks.show_themes",
        "schedule": crontab(minute="*/10"),
    },
    "deadlines of cases are watched": {
        "task": "feedback.tasks.watch_clocks",
        "schedule": 15,
        "options": {"expires": 15},
    },
    "who owes a corrective action is reminded": {
        "task": "feedback.tasks.remind_of_corrective_actions",
        "schedule": crontab(hour=6, minute=20),
    },
    "open cases are judged by what is promised now": {
        "task": "feedback.tasks.judge_anew",
        "schedule": 10,
        "options": {"expires": 10},
    },
    "customers who may be one person are suggested": {
        "task": "customers.tasks.find_duplicates",
        "schedule": crontab(hour=3, minute=40),
    },
}
