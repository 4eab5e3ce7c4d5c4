"""The words that manuals share: standard events, duties, categories, classes, roles and facts.

A procedure's actions emit events; obligations of any adopted manual start and stop on them. One word, one meaning:
a manual that needs another word proposes it here.
"""

from __future__ import annotations

from types import MappingProxyType

from guanjia.policy.vocabulary_facts import FACTS as FACTS
from guanjia.policy.vocabulary_facts import SHARED as SHARED

EVENTS = MappingProxyType(
    {
        # intake
        "reported": "受理",
        "occurred": "发生",
        "classified": "定性",
        "relayed": "转达",
        "registered": "补记登记",
        "escalated": "上报",
        "unattended": "到时没有人办",
        "instructed": "公司批示",
        "withdrawn": "撤销登记",
        "settled_on_spot": "当场处理完",
        "notice_received": "收到书面通知",
        "call_missed": "来电未接",
        "documents_received": "收到资料",
        "documents_verified": "资料审核通过",
        "linked": "并入或关联",
        "unlinked": "移出",
        "became_collective": "转为集体事件",
        # arranging
        "dispatched": "派单",
        "accepted": "接单",
        "declined": "退单",
        "transferred": "转派",
        "appointed": "约定上门时间",
        "reappointed": "另约时间",
        "put_off": "业户改期",
        "supplier_recommended": "推荐供应商",
        "promised": "承诺时间",
        "handed_over": "移交外单位",
        "handed_over_shift": "交接给下一班",
        "slot_booked": "约定场地时间",
        # at the home
        "departed": "出发",
        "arrived": "到场",
        "nobody_home": "无人在家",
        "inspected": "初步查看",
        "assessed": "现场评估",
        "beyond_range": "超出服务范围",
        "cannot_do": "办不了",
        "charge_told": "告知收费",
        "quoted": "报价",
        "consented": "同意",
        "refused": "不同意",
        "materials_agreed": "商定材料",
        "started": "开始维修",
        "deviation_found": "发现情况不符",
        "progressed": "有进展",
        "work_done": "修好待试",
        "trial_passed": "试用满意",
        "trial_failed": "试用不满意",
        "signed": "签署",
        "signing_refused": "拒绝签署",
        "completed": "完工",
        "stopped": "中止",
        "reopened": "重新打开",
        "rectify_notified": "书面通知整改",
        "rectified": "整改完成",
        "counterpart_signed": "对方签收",
        "confirmed": "确认",
        "served": "服务一次",
        "patrolled": "巡查一处",
        "cleaned": "保洁一次",
        "taken_over": "接管",
        "goods_released": "物品放行",
        "relatives_informed": "通知亲属",
        "escorted": "陪同就医",
        "ambulance_called": "呼叫急救",
        # answering
        "contacted": "联系业户",
        "answered": "答复",
        "informed": "告知进度",
        "followed_up": "回访",
        "called_back": "打回去",
        "punctuality_asked": "询问是否准时",
        "chased": "跟进催办",
        "visited": "走访",
        "rated": "业户评价",
        "apologised": "致歉",
        "explained": "解释说明",
        "cause_found": "查明原因",
        "prevention_set": "定下预防措施",
        "notice_published": "通报批评",
        "negotiated": "与有关部门交涉",
        "solved": "解决",
        "decided": "作出决定",
        # money
        "charge_open": "收费待定",
        "charge_fixed": "收费已定",
        "no_charge": "不收费",
        "billed": "记账",
        "unbilled": "撤回付款请求",
        "paid": "交费",
        "cash_collected": "收款",
        "cash_handed_in": "交款",
        "payment_confirmed": "财务确认",
        "charge_waived": "免收",
        "marked_owing": "欠费",
        "unsettled": "当日未结清",
        "receipt_delivered": "收据送达",
        "receipt_voided": "收据作废",
        "refunded": "退款",
        "arrears_handed_over": "移交欠费名单",
        "compensated": "赔付",
        "float_received": "领取备用金",
        "day_closed": "日结",
        "claim_submitted": "报销申报",
        "goods_returned": "退货",
        # paper
        "record_issued": "开单",
        "sheet_returned": "维修单交回",
        "copy_sent": "联单送出",
        "copy_received": "联单签收",
        "archived": "归档",
        "stub_lost": "存根联遗失",
        "resident_copy_lost": "业户联遗失",
        "finance_copy_lost": "财务联遗失",
        "copy_found": "联单找回",
        "noted": "记一笔",
        "summary_marked": "注记汇总表",
        "message_left": "留话转告",
        "report_sent": "报告报出",
        "fulfilled": "办妥",
        "approved": "审批同意",
        "rejected": "审批不同意",
        "submitted": "提交审批",
        "reviewed": "审核",
        "figures_confirmed": "核对数字",
        "distributed": "发放",
        "returned": "收回",
        "survey_closed": "调查结束",
        "published": "公布",
        "written_off": "台账注销",
        "handover_signed": "交接签字",
        "bill_delivered": "付款通知送达",
        "renewed": "续办",
        "withdrawn_early": "提前支取",
        "stop_planned": "打算停止",
        "noticed_in_writing": "书面通知",
        "sampled": "抽样",
        "target_missed": "指标未达到",
        # the office, not a case
        "rained": "雨天",
        "shift_started": "接班",
        "period_opened": "期间开始",
        "children_closed": "关联事项全部办结",
        "closed": "办结",
    }
)

# Events that an action of a case of the whole office raises for every open case that waits for them.
OFFICE_EVENTS = frozenset({"rained", "shift_started"})
# Raised on a case when the last of the cases that came out of it has closed.
CHILDREN_CLOSED = "children_closed"

DUTIES = MappingProxyType(
    {
        "relay": "转达",
        "dispatch": "派单",
        "arrive": "到场",
        "keep-appointment": "守约上门",
        "contact": "联系业户",
        "call-back": "回拨",
        "reschedule": "重新约时间",
        "answer": "答复",
        "resolve": "处理完毕",
        "inform": "告知进度",
        "track": "跟进",
        "follow-up-1": "回访",
        "follow-up-2": "第二次回访",
        "ask-punctuality": "询问是否准时",
        "fix-charge": "确定收费",
        "book-charge": "记账",
        "collect": "收费",
        "return-sheet": "交回单据",
        "hand-over-copy": "交联单",
        "archive": "归档",
        "daily-check": "每日检查",
        "monthly-review": "月度评估",
        "monthly-report": "月报",
        "approve": "审批",
        "visit-quota": "走访",
        "reconcile": "对账",
        "promise": "承诺时间",
        "settle": "当日了结",
        "notify": "通知",
        "explain": "解释",
        "apologise": "致歉",
        "press": "督办",
        "escalate": "上报",
        "rectify-notice": "书面通知整改",
        "rectify": "整改",
        "periodic-follow-up": "定期回访",
        "follow-up-sample": "抽查回访",
        "leader-follow-up": "领导回访",
        "warranty-follow-up": "保修到期前回访",
        "maturity-reminder": "到期提醒",
        "await": "等待",
        "pay": "缴费",
        "chase-payment": "催收",
        "collect-at-home": "上门收款",
        "bill": "付款通知",
        "deliver-bill": "送达付款通知",
        "give-notice": "提前通知",
        "return-loans": "退还借用物",
        "sign-shift-book": "阅签交班簿",
        "cover-shift": "值班",
        "patrol": "巡查",
        "inspect-device": "设备检查",
        "clean": "保洁",
        "survey": "满意度调查",
        "survey-return": "问卷回收",
        "improve": "改进",
        "annual-plan": "年度计划",
        "incident-report": "事故报告",
    }
)

# What a company hears of from its offices whatever else it is told: what a resident, or several, complain of.
COMPLAINTS = ("complaint", "collective")

CATEGORIES = MappingProxyType(
    {
        "repair": "报修",
        "paid_service": "特约服务",
        "complaint": "投诉",
        "after_sales": "售后",
        "praise": "表扬",
        "suggestion": "建议",
        "enquiry": "咨询",
        "help": "求助",
        "reception": "来访接待",
        "other": "其它",
        "rework": "返修",
        "incident": "突发事件",
        "major_event": "重大事件",
        "collective": "集体投诉",
        "survey": "满意度调查",
        "move_in": "迁入",
        "move_out": "迁出",
        "fit_out": "装修",
        "handover": "接管验收",
        "approval": "审批",
        "agreement": "服务协议",
        "goods_return": "退换货",
        "business": "业务办理",
        "payment_request": "付款请求",
        "sales_lead": "销售线索",
        "plan": "计划",
        "improvement": "改进",
        "missed_call": "未接来电",
        "nonconformity": "不合格",
        "hazard": "隐患",
        "misconduct": "违规",
        "duty": "例行应办",
    }
)

CLASSES = MappingProxyType(
    {
        "emergency": "急修",
        "safety": "安全设施",
        "leak": "渗漏",
        "valid": "有效",
        "assisted": "协助处理",
        "invalid": "无效",
        "collective": "集体投诉",
    }
)

CHANNELS = MappingProxyType(
    {
        "phone": "来电",
        "counter": "来访",
        "letter": "书面",
        "email": "电子邮件",
        "web": "网上",
        "staff": "其他员工转达",
        "centre": "公司客户投诉处理中心转来",
    }
)

# The system's roles; a manual's own titles map onto them (`staff.models.Role` holds the same keys).
ROLES = MappingProxyType(
    {
        "receptionist": "客服助理",
        "cs_supervisor": "客服主管",
        "eng_supervisor": "工程主管",
        "technician": "维修人员",
        "cleaner": "保洁人员",
        "security": "保安人员",
        "cashier": "收银员",
        "finance": "财务内勤",
        "director": "管理处主任",
        "company_centre": "公司客服中心",
        "quality": "品质部",
        "vice_president": "分管副总经理",
        "general_manager": "总经理",
        "administrator": "系统管理员",
        "resident": "业户",
        "system": "系统",
    }
)


# The parts of facts that are tables of a fixed shape; other tables are as their fields make them.
PARTS = MappingProxyType(
    {
        "events": ("n", "at", "by", "who", "first_at"),
        "owed": ("state", "overdue", "late", "n"),
        "children": ("open", "closed", "units", "homes"),
    }
)

# How often: a case for each turn of the roster, at the moment at which it begins.
EVERY_SHIFT = "every shift"

# What a quota is a share of, besides the number of times that an event happened.
BASES = MappingProxyType({"households": "总户数", "occupied_households": "已入住户数"})

# Lists of which a recurring duty can take down the members as they are when its period opens.
ROSTERS = MappingProxyType(
    {
        "households": "全部住户",
        "occupied_households": "已入住的住户",
        "vacant_units": "空置的房屋",
        "staff": "本处在岗的人",
        "roster_gaps": "今后十四天里没有排人的时段（规程 presence 说的岗位和钟点）",
    }
)
