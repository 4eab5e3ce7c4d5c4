"""The caller's name in a typed line. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from guanjia.intake.spans import Free, Span

Known = Callable[[str], bool]

SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范"
    "汪廖石金贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙史陶贺毛郝顾龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章"
    "鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶"
    "解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇"
    "桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠"
    "豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺"
)
SURE = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范"
    "汪廖石金贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙史陶贺毛郝顾龚邵万钱严覃武戴莫孔向汤"
)
DOUBLE = frozenset(
    (
        "欧阳",
        "上官",
        "司马",
        "诸葛",
        "司徒",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "夏侯",
        "长孙",
        "宇文",
        "端木",
        "南宫",
        "单于",
        "万俟",
    )
)
# 师傅 is mostly the repairer of whom the caller speaks, so it counts only with a name that the office knows.
_TITLE = re.compile(
    r"先生|女士|太太|小姐|夫人|老师|阿姨|大姐|大爷|大妈|大叔|叔叔|大哥|奶奶|爷爷|经理|老板|医生|师傅|总(?=$|[\s，,。\x00])"
)
_HAN = re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf·]")
_BEFORE = re.compile(
    r"^(?:(?:业主|业户|住户|租户|房东|租客|联系人|来访|我是|白天|今天|昨天|明天|早上|上午|中午|下午|晚上|刚才|刚刚|现在|请|给|让|帮|和|跟|由|这是|是|我|找|叫|姓|的|家|室|房)+)"
)
_LABELLED = re.compile(
    r"(?:联系人|姓名|业主|业户|住户|租户|我叫|叫|我是|本人)[\s:：]*(?P<name>[\u4e00-\u9fff]{2,4})(?=$|[\s，,。、;；\d\x00])"
)
_FAMILY = re.compile(r"(?:我|本人)?(?:免贵)?姓(?P<name>[\u4e00-\u9fff])(?![名氏])")
_COMPANY = re.compile(r"[\u4e00-\u9fffA-Za-z0-9（）()·&]{2,20}(?:公司|集团|事务所|工作室|幼儿园|合作社)")
_MATTER_LETTERS = frozenset(
    "水电灯漏堵坏锁窗管墙厨厕厅台梯闸阀箱桶盆池修换装停裂响臭脏吵闹诉扬议咨询问请帮掉断跳滴渗冒爆烧没不了有无很"
)


@dataclass(frozen=True)
class Person:
    """Name, title as it was said, and where both stand."""

    name: str
    title: str
    span: Span


def person(free: Free, is_name: Known) -> Person | None:
    """The caller: somebody with a title; a name the office knows; a name after a label; a name that stands alone."""
    for finder in (_with_title, _known, _labelled, _alone):
        for found in finder(free, is_name):
            return found
    return None


def _with_title(free: Free, is_name: Known) -> Iterator[Person]:
    for match in free.found(_TITLE):
        start = match.start()
        while start > 0 and _HAN.match(free.text[start - 1]) and free.is_free(start - 1, start):
            start -= 1
        run = free.text[start : match.start()]
        lead = _BEFORE.match(run)
        cut = lead.end() if lead and lead.end() < len(run) else 0
        if length := _name_length(run[cut:], is_name, sure=match[0] != "师傅"):
            begin = match.start() - length
            name = free.text[begin : match.start()]
            why = f"「{match[0]}」前面的{'姓' if length == 1 else '姓名'}"
            label = start if begin == start + cut and cut else -1
            yield Person(name, match[0], Span(begin, match.end(), free.text[begin : match.end()], why, label))


def _name_length(run: str, is_name: Known, *, sure: bool) -> int:
    """How many letters at the end of the run are the name; 0 when none are."""
    tails = [length for length in (4, 3, 2, 1) if length <= len(run)]
    for length in tails:
        if length > 1 and is_name(run[-length:]):
            return length
    if not sure or not run:
        return 0
    if (len(run) <= 3 and run[0] in SURNAMES and (len(run) > 1 or run in SURNAMES)) or _double(run):
        return len(run)
    if run[-1] in SURE:
        return 1
    for length in tails:
        if (length in (2, 3) and run[-length] in SURE) or (length > 2 and _double(run[-length:])):
            return length
    return 1 if run[-1] in SURNAMES else 0


def _double(run: str) -> bool:
    return run[:2] in DOUBLE and len(run) in (2, 3, 4)


def _known(free: Free, is_name: Known) -> Iterator[Person]:
    for start, end in free.chunks():
        if 2 <= end - start <= 40 and is_name(free.text[start:end]):
            yield Person(free.text[start:end], "", Span(start, end, free.text[start:end], "登记的姓名"))
    for start, end in free.runs():
        for first in range(start, end - 1):
            if free.text[first] in SURE:
                for length in (4, 3, 2):
                    name = free.text[first : first + length]
                    if first + length <= end and len(name) == length and is_name(name):
                        yield Person(name, "", Span(first, first + length, name, "登记的姓名"))


def _labelled(free: Free, _is_name: Known) -> Iterator[Person]:
    for match in free.found(_LABELLED):
        name = match["name"]
        if _plausible(name):
            yield Person(
                name, "", Span(match.start("name"), match.end("name"), name, "写在称谓后面", match.start())
            )
    for match in free.found(_FAMILY):
        if match["name"] in SURNAMES:
            start, end = match.span("name")
            yield Person(match["name"], "", Span(start, end, match["name"], "自报的姓", match.start()))


def _alone(free: Free, _is_name: Known) -> Iterator[Person]:
    for start, end in free.chunks():
        text = free.text[start:end]
        if _COMPANY.fullmatch(text):
            yield Person(text, "", Span(start, end, text, "单位名称的写法"))
        elif _plausible(text):
            yield Person(text, "", Span(start, end, text, "像姓名的词"))


def _plausible(text: str) -> bool:
    """Two or three Chinese letters that begin with a frequent surname (or a double one) and speak of no repair."""
    if not all(_HAN.match(letter) for letter in text) or _MATTER_LETTERS & set(text):
        return False
    return (len(text) in (2, 3) and text[0] in SURE) or (len(text) in (3, 4) and text[:2] in DOUBLE)
