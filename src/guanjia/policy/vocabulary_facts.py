"""What the engine itself knows of a case, under the names that conditions, forms and messages of every manual use."""

from __future__ import annotations

from types import MappingProxyType

# Facts that stand in for every case without a field: what the engine keeps, and what only the moment of deciding knows.
FACTS = MappingProxyType(
    {
        "number": "单号",
        "category": "类别",
        "state": "状态",
        "urgent": "急",
        "channel": "来源",
        "unit": "房屋",
        "unit_name": "房屋的写法",
        "party": "业户",
        "assignee": "承办人",
        "assignee_name": "承办人的姓名",
        "department": "承办部门",
        "opened_at": "受理时间",
        "appointment_at": "约定时间",
        "completed_at": "完工时间",
        "reopened": "重开次数",
        "balance_fen": "未收金额（分）",
        "charged_fen": "应收金额（分）",
        "paid_fen": "已收金额（分）",
        "charged_at": "第一次记应收的时间",
        "last_receipt": "最近一张收据的编号",
        "bill": "列入哪一件付款请求（单号）",
        "bill_lines": "付款请求里的各行：bill_lines.0.name、.amount_fen",
        "bill_fen": "付款请求的总额（分）",
        "bill_orders": "付款请求里的各件事项，给 kind 为 checks 的栏用：bill_orders.count 几件",
        "bill_receipt": "列入付款请求的这一件，凭哪张收据付的",
        "bill_round": "付款请求是从哪一件例行应办里开出的（单号）",
        "paid_orders": "付款请求里付了的：单号和收据",
        "papers": "最近开出的表单的编号：papers.表单",
        "copies": "各联的情形：copies.表单.联.state（held、handed、received、archived、missing）、.holder 在谁手里",
        "period": "例行应办说的是哪一期",
        "roster": "例行应办这一期的名单",
        "sample": "抽出的样：sample.seed 种子、.of 基数名单、.needed 要几个、.drawn 抽中的、.next 其后的次序",
        "previous": "同一例行应办上一期的事实：previous.名字",
        "same_unit": "同一户未办结的其他事项：same_unit.类别.状态 是其中最近一件，后面再写事实的名字",
        "covered": "本处的规程给了程序的类别，一串，如 repair",
        "children": "由本事项开出或并入的事项：children.open 未办结件数、children.closed 已办结件数、children.units 涉及户数、children.homes 这些户的房号",
        "events": "已发生的事件：events.事件.n 次数、.at 最近一次的时间、.by 最近一次是谁、.who 他的姓名、.first_at 第一次的时间",
        "handed": "交接过的：每次从谁到谁、什么时候、在哪一班",
        "shift_label": "每班一件的例行应办：班次的名字",
        "shift_begins_at": "每班一件的例行应办：这一班几时开始",
        "shift_ends_at": "每班一件的例行应办：这一班几时结束",
        "shift_people": "每班一件的例行应办：当班的人的编号，一串",
        "checklists": "班前、下班前的清单勾了什么：checklists.动作.谁.栏，后面再写 .who 谁勾的、.at 几时；谁是那个人的编号，全班一张的写 shift",
        "unticked": "清单里还没勾的，一串，一张清单一句",
        "owed": "应办的情形：owed.代码.state（open、paused、met、cancelled）、.overdue 已超时、.late 办了但超过时、.n 第几代",
        "figure": "管理处设定或规程写明的数：figure.代码；金额为分",
        "now": "现在（动作发生的时间）",
        "day_ends": "今天的末了，24 点",
        "actor": "正在办的人",
        "actor_roles": "正在办的人的岗位和称呼，一串",
        "actor_departments": "正在办的人所在的部门，一串代码",
        "cosigned": "几方一起定的动作里，谁已经填了什么",
        "differing": "几方一起定的动作里，谁填得和别人不一样",
        "joint": "几方一起定下的动作里，各方是谁：joint.动作.称呼.who 姓名、.at 时间",
    }
)

# Fields that several manuals have, under one name, so that each can read what another's procedure recorded.
SHARED = MappingProxyType(
    {
        "contact_name": "联系人",
        "contact_phone": "联系电话",
        "matter": "什么事",
        "relayed_by": "转达人",
        "visitor": "来访人",
        "rings": "响到第几声接的",
        "item": "服务项目",
        "classes": "属于哪几类：emergency 急修、safety 安全设施、leak 渗漏",
        "verdict": "投诉定性：valid 有效、assisted 协助处理、invalid 无效",
        "cause": "投诉起因：internal 内部、developer 发展商、municipal 市政、attitude 态度、other 其他",
        "accused": "被投诉的同事",
        "in_writing": "是书面提出的",
        "satisfied": "满意：yes、no",
        "answered_by": "怎么答复的",
        "promised_at": "答应的时间",
    }
)
