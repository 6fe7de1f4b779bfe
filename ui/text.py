"""What the page says, in each of its languages, and which of them a reader gets.

This module knows words only: no page, no library. The keys are the same in every language; what
stands in braces is filled in by the page.
"""

from collections.abc import Mapping
from typing import Literal, get_args

Language = Literal["zh-CN", "zh-TW", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_TRADITIONAL = {"tw", "hk", "mo", "hant"}

_ZH_CN = {
    "name": "原文",
    "tagline": "用文档自己的话回答，句句有出处。",
    "knows": "收录文档",
    "knows_none": "还没有收录文档。用 yuanwen index 加入文件，再刷新本页。",
    "knows_more": "等 {n} 篇",
    "examples": "可以这样问",
    "hint_fact": "问一件事：某个数字、时间、做法是什么",
    "hint_who": "问谁说过：谁谈到了……？哪些单位提到了……？",
    "hint_speaker": "问一个人的说法：某人对……怎么说？",
    "box": "问题",
    "placeholder": "问问文档里写了什么……",
    "send": "提问",
    "new": "新对话",
    "log": "问答",
    "you_asked": "您问",
    "finding": "正在文档里查找……",
    "understood": "理解为：{question}",
    "sources": "出处",
    "cite": "出处 {n}，打开原文",
    "open": "查看原文",
    "also": "同样的话还见于",
    "place": "另一处 {n}",
    "more": "展开全段",
    "less": "收起",
    "whole_question": "展开问题",
    "speakers_say": "谈到这一点的有：",
    "no_speaker": "未署名",
    "silent": "没有谈到：",
    "near": "意思相近、但不能作答的段落",
    "refused_not_in_documents": "文档里没有写到。",
    "refused_not_in_documents_more": "收录的文档回答不了这个问题，所以这里不作答。",
    "refused_no_question": "这里没有问到什么。",
    "refused_no_question_more": "请用一句完整的话提问。",
    "refused_speaker_unknown": "文档里没有这位发言者。",
    "refused_speaker_unknown_more": "收录的文档没有署名为这一位的内容。",
    "refused_speaker_silent": "这位发言者没有谈到。",
    "refused_speaker_silent_more": "文档里有他的发言，但没有说到这件事。",
    "refused_no_documents": "还没有收录文档。",
    "refused_no_documents_more": "用 yuanwen index 加入文件，再来提问。",
    "error": "这个问题没能回答",
    "error_lost": "没有收到服务器的答复。请确认它还在运行，然后再试一次。",
    "retry": "再试一次",
    "source": "原文",
    "source_loading": "正在打开文档……",
    "source_error": "文档打不开。它可能已从文档库中移除；请刷新本页再试。",
    "close": "关闭原文",
    "to_mark": "回到标出的文字",
    "speaker": "发言：{speaker}",
}

_ZH_TW = {
    "name": "原文",
    "tagline": "用文件自己的話回答，句句有出處。",
    "knows": "收錄文件",
    "knows_none": "還沒有收錄文件。用 yuanwen index 加入檔案，再重新整理本頁。",
    "knows_more": "等 {n} 篇",
    "examples": "可以這樣問",
    "hint_fact": "問一件事：某個數字、時間、做法是什麼",
    "hint_who": "問誰說過：誰談到了……？哪些單位提到了……？",
    "hint_speaker": "問一個人的說法：某人對……怎麼說？",
    "box": "問題",
    "placeholder": "問問文件裡寫了什麼……",
    "send": "提問",
    "new": "新對話",
    "log": "問答",
    "you_asked": "您問",
    "finding": "正在文件裡查找……",
    "understood": "理解為：{question}",
    "sources": "出處",
    "cite": "出處 {n}，開啟原文",
    "open": "檢視原文",
    "also": "同樣的話還見於",
    "place": "另一處 {n}",
    "more": "展開全段",
    "less": "收起",
    "whole_question": "展開問題",
    "speakers_say": "談到這一點的有：",
    "no_speaker": "未署名",
    "silent": "沒有談到：",
    "near": "意思相近、但不能作答的段落",
    "refused_not_in_documents": "文件裡沒有寫到。",
    "refused_not_in_documents_more": "收錄的文件回答不了這個問題，所以這裡不作答。",
    "refused_no_question": "這裡沒有問到什麼。",
    "refused_no_question_more": "請用一句完整的話提問。",
    "refused_speaker_unknown": "文件裡沒有這位發言者。",
    "refused_speaker_unknown_more": "收錄的文件沒有署名為這一位的內容。",
    "refused_speaker_silent": "這位發言者沒有談到。",
    "refused_speaker_silent_more": "文件裡有他的發言，但沒有說到這件事。",
    "refused_no_documents": "還沒有收錄文件。",
    "refused_no_documents_more": "用 yuanwen index 加入檔案，再來提問。",
    "error": "這個問題沒能回答",
    "error_lost": "沒有收到伺服器的答覆。請確認它還在執行，然後再試一次。",
    "retry": "再試一次",
    "source": "原文",
    "source_loading": "正在開啟文件……",
    "source_error": "文件打不開。它可能已從文件庫移除；請重新整理本頁再試。",
    "close": "關閉原文",
    "to_mark": "回到標出的文字",
    "speaker": "發言：{speaker}",
}

_EN = {
    "name": "Yuanwen",
    "tagline": "Answers in the document’s own words, each with its source.",
    "knows": "Documents",
    "knows_none": "No documents yet. Add files with “yuanwen index” and reload this page.",
    "knows_more": "and more, {n} in all",
    "examples": "You could ask",
    "hint_fact": "Ask for a fact: a number, a date, how something is done",
    "hint_who": "Ask who said it: Who talked about …? Who mentioned …?",
    "hint_speaker": "Ask for one voice: What does … say about …?",
    "box": "Question",
    "placeholder": "Ask the documents …",
    "send": "Ask",
    "new": "New chat",
    "log": "Questions and answers",
    "you_asked": "You asked",
    "finding": "Looking in the documents …",
    "understood": "Understood as: {question}",
    "sources": "Sources",
    "cite": "Source {n}, open the document",
    "open": "Open the document",
    "also": "The same words also stand at",
    "place": "place {n}",
    "more": "Show the whole passage",
    "less": "Show less",
    "whole_question": "Show the whole question",
    "speakers_say": "Who talks about it:",
    "no_speaker": "No speaker named",
    "silent": "Silent on this:",
    "near": "Near misses, which do not answer the question",
    "refused_not_in_documents": "The documents do not tell.",
    "refused_not_in_documents_more": "Nothing in them answers this question, so none is given.",
    "refused_no_question": "There is no question here.",
    "refused_no_question_more": "Please ask in a whole sentence.",
    "refused_speaker_unknown": "The documents know no such speaker.",
    "refused_speaker_unknown_more": "Nothing in them carries that name.",
    "refused_speaker_silent": "This speaker does not talk about it.",
    "refused_speaker_silent_more": "The documents hold their words, but none on this.",
    "refused_no_documents": "There are no documents yet.",
    "refused_no_documents_more": "Add files with “yuanwen index”, then ask again.",
    "error": "This question could not be answered",
    "error_lost": "No reply from the server. Make sure that it is running, then try again.",
    "retry": "Try again",
    "source": "Document",
    "source_loading": "Opening the document …",
    "source_error": "It cannot be opened, and may have left the library. Reload this page.",
    "close": "Close the document",
    "to_mark": "Back to the marked words",
    "speaker": "Speaker: {speaker}",
}

TEXTS: Mapping[Language, Mapping[str, str]] = {"zh-CN": _ZH_CN, "zh-TW": _ZH_TW, "en": _EN}


def choose(wanted: str | None, accepted: str) -> Language:
    """The language for a reader.

    Args:
        wanted: the page's `?lang=`, which wins where we speak it.
        accepted: the browser's Accept-Language header; English where it names nothing we speak.
    """
    tags = [wanted] if wanted else []
    tags += [tag for _, tag in sorted(_weighed(accepted), key=lambda pair: -pair[0])]
    return next((known for known in map(_known, tags) if known), "en")


def _known(tag: str) -> Language | None:
    primary, *rest = tag.strip().lower().replace("_", "-").split("-")
    if primary == "en":
        return "en"
    if primary == "zh":
        return "zh-TW" if _TRADITIONAL & set(rest) and "hans" not in rest else "zh-CN"
    return None


def _weighed(header: str) -> list[tuple[float, str]]:
    """The tags of an Accept-Language header with their weights; a bad weight counts as none."""
    weighed = []
    for part in header[:1000].split(","):
        tag, _, parameter = part.partition(";")
        name, _, weight = parameter.strip().partition("=")
        try:
            weighed.append((float(weight) if name == "q" else 1.0, tag))
        except ValueError:
            continue
    return weighed
