"""Names and telephone numbers that sound right and belong to nobody."""

from __future__ import annotations

from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
MEN = _words(
    "伟 强 磊 军 勇 杰 涛 明 超 刚 平 辉 鹏 华 飞 波 斌 宇 浩 凯 健 俊 志强 建国 建华 国强 志明 文斌 海涛 晓东 "
    "家明 永康 少华 振宇 立新 德胜 宏伟 子轩 浩然 俊杰 天佑 嘉豪 学文 广平 万里 长河 启明 耀祖 仲安 景行"
)
WOMEN = _words(
    "芳 敏 静 丽 娟 燕 霞 玲 红 梅 婷 雪 慧 莉 琳 洁 倩 颖 露 佳 秀英 桂兰 玉梅 丽华 小红 淑珍 雅琴 晓燕 海燕 "
    "美玲 思雨 欣怡 雨桐 梦琪 子涵 诗涵 若曦 佩兰 春华 素云 婉清 月娥 惠珍 凤英 爱华 文静 亚男 可心 依琳 采薇"
)
SHOP_WORDS = _words(
    "清禾 木棉 南枝 拾光 半亩 云栖 和风 明月 小满 春山 一舟 青柠 听雨 知味 阿婆 老街 山海 星野 七里 三味 "
    "初见 归园 麦香 松间 白鹿 花间 橙子 竹里 海棠 锦程"
)
SHOP_KINDS = _words(
    "面馆 咖啡 烘焙 茶饮 眼镜店 花店 书店 童装 女装 男装 鞋店 美甲 美发 健身 牙科诊所 药房 便利店 水果店 火锅 "
    "小吃 甜品 文具店 数码店 照相馆 家纺 珠宝 母婴店 洗衣店 宠物店 教育中心"
)
PREFIXES = (
    "133",
    "135",
    "136",
    "137",
    "138",
    "139",
    "150",
    "151",
    "152",
    "158",
    "159",
    "177",
    "186",
    "187",
    "188",
    "189",
)


def person(rng: Random, surname: str = "") -> tuple[str, str]:
    """(name, title): title is mr or ms."""
    title = rng.choice(("mr", "ms"))
    return (surname or rng.choice(SURNAMES)) + rng.choice(MEN if title == "mr" else WOMEN), title


def mobile(rng: Random, taken: set[str]) -> str:
    """Eleven figures that nobody in `taken` has; it is taken afterwards."""
    while True:
        number = rng.choice(PREFIXES) + f"{rng.randrange(10**8):08d}"
        if number not in taken:
            taken.add(number)
            return number


def shop(number: int) -> str:
    """The name of a shop: the thirty-first word comes back with another trade."""
    words, kinds = len(SHOP_WORDS), len(SHOP_KINDS)
    return SHOP_WORDS[number % words] + SHOP_KINDS[(number * 7 + number // words) % kinds]
