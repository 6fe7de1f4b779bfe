"""Which words before a colon are somebody's name."""

import re

from corpus.script import CLAUSE_MARKS, is_han

_NO_NAME_LIST = """
    时间 日期 地点 主题 题目 标题 来源 编辑 责编 责任编辑 审核 校对 关键词 关键字 摘要 注 备注 附注
    说明 注意 提示 例 例如 比如 问 答 图 表 附件 附 电话 地址 邮编 邮箱 联系人 编者按 按 内容 目的
    原则 目标 要求 结论 总结 小结 背景 方法 结果 原因 措施 建议 其中 如下 一是 二是 三是 四是 五是
    主办 承办 主持 出席 记录 优点 缺点 优势 劣势 定义 特点 作用 意义 范围 亮点 问题 任务 步骤 经验
    成效
    q a note notes example date time place location subject topic title source email phone address
    tel fax url abstract keywords summary conclusion warning tip caution todo references see from to
    cc re ps attachment question answer figure table step result results background methods
    advantages disadvantages pros cons goal goals input output important aim purpose scope
    definition
    列席 缺席 参会 与会 请假 出席人员 列席人员 缺席人员 参会人员 与会人员 記錄 列席人員 出席人員
    present absent apologies attending attendees participants excused anwesend abwesend entschuldigt
    présents absents
"""
_NO_NAMES = frozenset(_NO_NAME_LIST.split()) | {
    "also present",
    "in attendance",
    "members present",
    "members absent",
}
# What stands before questions and answers of people who are not named.
ANYBODY = frozenset(("问", "答", "q", "a", "question", "answer"))
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕"
    "丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃"
    "武戴莫孔向汤張劉陳楊黃趙吳孫馬鄭謝許韓馮鄧蕭蔣餘葉蘇呂盧鐘譚陸賈韋鄒閆龍賀顧龔萬錢嚴湯"
)
_ROLE_LIST = """
    主持人 记者 先生 女士 老师 同学 主任 部长 局长 厅长 省长 市长 县长 书记 主席 委员 代表 教授 医生
    律师 法官 审判长 原告 被告 证人 发言人 经理 厅 局 委 政府 办公室 公司 大学 記者 老師 委員
"""
_ROLES = tuple(_ROLE_LIST.split())
_BODY_LIST = """
    部 院 会 處 处 科 中心 集团 学校 大学 公司 厅 局 委 政府 办公室 协会 银行 法院 委員會
    Office Ministry Council Committee Board
"""
_BODIES = tuple(_BODY_LIST.split())
_latin_name = re.compile(r"[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){1,4}")
_FIELDS = ("时间", "日期", "来源", "编辑", "标题", "地点", "电话", "地址", "单位", "链接", "正文")
_SAYING = ("如下", "是", "说", "道", "的", "有", "为", "指出", "认为", "表示")
_bracketed = re.compile(r"[（(].*")


def may_speak(name: str) -> bool:
    """Whether the words can be a name at all."""
    return (
        name.lower() not in _NO_NAMES
        and not any(mark in name for mark in CLAUSE_MARKS)
        and not name.endswith(_SAYING + _FIELDS)
    )


def is_body_or_person(words: str) -> bool:
    """Whether the words can sign a text: a body, a Chinese name, a name of several capitals."""
    if any(mark in words for mark in CLAUSE_MARKS + "。.!?！？") and not _latin_name.fullmatch(
        words
    ):
        return False
    if not is_han(words[0]):
        return bool(_latin_name.fullmatch(words))
    spaced = "".join(words.split())
    return words.endswith(_BODIES + _ROLES) or (spaced[0] in _SURNAMES and 2 <= len(spaced) <= 4)


def looks_like_a_name(name: str) -> bool:
    """Whether the words are a name by their looks: a Chinese surname, a role, a capital."""
    words = _bracketed.sub("", name)
    if not words or not is_han(words[0]):
        return words[:1].isupper()
    return words.endswith(_ROLES) or (words[0] in _SURNAMES and len(words) <= 4)
