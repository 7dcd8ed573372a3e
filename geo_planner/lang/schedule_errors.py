"""What a schedule cannot be made of, in Chinese: the errors of the rooms that read and make one, by their sentences."""

from __future__ import annotations

import re

_TURNS = (
    (r"tasks (.+?) occur more than once\. Give every task its own id\.", r"任务 \1 重复出现。请给每项任务各自的编号。"),
    (r"tasks (.+?) finish before they start\. Mend the two dates\.", r"任务 \1 的完成早于开始。请改正这两个日期。"),
    (
        r"tasks (.+?) have a deadline before the status date \((.+?)\)\. Move the deadline\.",
        r"任务 \1 的期限早于状态日期（\2）。请调整期限。",
    ),
    (
        r"tasks (.+?) have a deadline before today \((.+?)\)\. Move the deadline or mark them done\.",
        r"任务 \1 的期限早于状态日期（\2）。请调整期限，或标为已完成。",
    ),
    (
        r"tasks (.+?) have an actual date after the status day \((.+?)\)\. Mend the date or the status day\.",
        r"任务 \1 的实际日期晚于状态日期（\2）。请改正实际日期或状态日期。",
    ),
    (
        r"tasks (.+?) wait for one another in a circle\. Remove one of the links\.",
        r"任务 \1 互相等待，成了循环。请去掉其中一条搭接关系。",
    ),
    (
        r"links (.+?) have a negative lag\. Write the overlap as its own task or as an SS link\.",
        r"搭接 \1 的间隔为负。请把重叠部分另列为任务，或改用 SS 搭接。",
    ),
    (
        r"tasks (.+?): (.+?) is named as a predecessor or successor but is no task\.",
        r"任务 \1：前置或后续任务 \2 不存在。",
    ),
    (
        r"events (.+?) wait for a choice of which no alternative is enough\. Add a source or a path for them\.",
        r"事件 \1 需要的通路一条也没有（没有可用的源站）。请为其补充源站或通路。",
    ),
    (
        r"calendar '(.*?)' has no working day at all\. Give it at least one day of the week\.",
        r"日历 '\1' 没有任何工作日。请至少给出一周中的一天。",
    ),
    (
        r"calendar '(.*?)' has working days of (\S+) hours\. Give them a length above 0\.",
        r"日历 '\1' 的工作日只有 \2 小时。请给出大于 0 的时长。",
    ),
    (
        r"tasks (.+?) need more gangs than there are\. Raise the number of gangs or lower the demand\.",
        r"任务 \1 需要的班组多于现有班组。请增加班组或减少需求。",
    ),
    (r"(crews|cost_per_day|budget): '(.+?)' is (.+?); it cannot be negative\.", r"\1：'\2' 为 \3，不能为负。"),
    (
        r"--crews '(.+?)' cannot be read\. Write the part and the number of gangs, as pipes=3\.",
        r"--crews '\1' 无法识别。请写成部门和班组数，如 pipes=3。",
    ),
    (
        r"crews and calendars of parts cannot be levelled together yet\. Leave one of the two out\.",
        "班组与分部门日历暂不能同时使用。请去掉其中一项。",
    ),
    (
        r"a deadline is given for '(.+?)', which is no dated work of the plan\.",
        r"期限所指的 '\1' 不是方案中有日期的工程。",
    ),
    (
        r"a freeze is given for '(.+?)', which is no dated work of the plan\.",
        r"冻结所指的 '\1' 不是方案中有日期的工程。",
    ),
    (
        r"a weight is given for '(.+?)', which is no dated work of the plan\.",
        r"权重所指的 '\1' 不是方案中有日期的工程。",
    ),
    (r"a weight is given for '(.+?)', which is no part of a schedule\.", r"权重所指的 '\1' 不是进度中的部门。"),
    (r"crews are given for '(.+?)', which is no part of a schedule\.", r"班组所指的 '\1' 不是进度中的部门。"),
    (r"a calendar is given for '(.+?)', which is no part of a schedule\.", r"日历所指的 '\1' 不是进度中的部门。"),
    (
        r"a delay is given for '(.+?)', which is no utility and no pipe of the plan\.",
        r"延误所指的 '\1' 既不是管线种类，也不是方案中的管线。",
    ),
    (r"the weight of '(.+?)' is (.+?); a weight is a number above 0\.", r"'\1' 的权重为 \2；权重应大于 0。"),
    (
        r"delays: the shape of '(.+?)' is '(.+?)'; it is lognormal, triangular or none\.",
        r"延误：'\1' 的分布写作 '\2'；只能是 lognormal、triangular 或 none。",
    ),
    (
        r"a triangular delay needs low <= mode <= high, not (.+?), (.+?), (\S+)\.",
        r"三角分布的延误须满足 low <= mode <= high，现为 \1、\2、\3。",
    ),
    (
        r"a lognormal delay needs a median above 0 and a spread from 0 on, not (.+?), (\S+)\.",
        r"对数正态分布的延误须 median 大于 0、spread 不小于 0，现为 \1、\2。",
    ),
    (
        r"the shared part of a delay is a number from 0 to 1, not (\S+)\.",
        r"延误的相关程度（shared）应在 0 到 1 之间，现为 \1。",
    ),
    (
        r"--risk needs parcels with a date of first use \(used\), pipes with one of acceptance \(finish\), sources\.",
        "--risk 需要有投用日期（used）的地块、有验收日期（finish）的管线以及源站。",
    ),
    (r"--mode '(.*?)' is unknown; it is least or delay\.", r"--mode '\1' 无法识别；只能是 least 或 delay。"),
    (r"there is no schedule file (.+?), or it is larger than (\d+) MB\.", r"进度文件 \1 不存在，或超过 \2 MB。"),
    (
        r"^(.+?): a schedule is \.csv, \.xlsx, \.xml \(MS Project\) or \.xer \(Primavera\), not '(.*?)'\.",
        r"\1：进度文件只能是 .csv、.xlsx、.xml（MS Project）或 .xer（Primavera），不能是 '\2'。",
    ),
    (r"^(.+?): a timeline is written as (.+?), not '(.*?)'\.", r"\1：进度只能写成 \2，不能是 '\3'。"),
    (
        r"this is no Excel workbook \((.+?)\)\. Save it as \.xlsx or \.csv\.",
        r"这不是 Excel 工作簿（\1）。请另存为 .xlsx 或 .csv。",
    ),
    (
        r"the sheet is empty; it needs a row of titles \(task, start, finish, predecessors\) and then the tasks\.",
        "表格是空的；第一行应为标题（任务、开始、完成、前置任务），其后为任务。",
    ),
    (
        r"this is no MS Project XML file \((.+?)\)\. Save the plan as XML in Project\.",
        r"这不是 Project 的 XML 文件（\1）。请在 Project 中另存为 XML。",
    ),
    (
        r"this XML holds '(.+?)', not a Project\. Save the plan as XML in Project\.",
        r"这个 XML 的内容是 '\1'，不是 Project 计划。请在 Project 中另存为 XML。",
    ),
    (r"task (.+?): (\S+) = '(.*?)' is no date of MS Project\.", r"任务 \1：\2 = '\3' 不是 Project 的日期。"),
    (
        r"this is no Primavera XER text: it has no table TASK\. Export the project as XER from P6\.",
        "这不是 Primavera 的 XER 文件：其中没有 TASK 表。请在 P6 中导出为 XER。",
    ),
    (r"row (\d+) has no task id\. Give every task its own id\.", r"第 \1 行没有任务编号。请给每项任务各自的编号。"),
    (
        r"row (\d+): (\S+) = '(.*?)' is no date\. Write it as 2026-05-01\.",
        r"第 \1 行：\2 = '\3' 不是日期。请写成 2026-05-01。",
    ),
    (
        r"row (\d+): percent = '(.*?)' is no number\. Write it as 40\.",
        r"第 \1 行：完成百分比 '\2' 不是数字。请写成 40。",
    ),
    (
        r"row (\d+): duration = '(.*?)' is no number of days\. Write it as 30 or 30d\.",
        r"第 \1 行：工期 '\2' 不是天数。请写成 30 或 30d。",
    ),
    (
        r"row (\d+): predecessor '(.*?)' cannot be read\. Write it as A12, A12FS\+5d or A12SS\.",
        r"第 \1 行：前置任务 '\2' 无法识别。请写成 A12、A12FS+5d 或 A12SS。",
    ),
    (r"row (\d+): constraint = '(.*?)' is unknown\.", r"第 \1 行：限制 '\2' 无法识别。"),
    (
        r"no column names the task; the titles are (.+)\. Call one 'task' or 任务\.",
        r"没有一列是任务；各列标题为 \1。请把其中一列称为“任务”。",
    ),
    (
        r"schedule: (\S+) = (.+?) is not a number of gangs, 0 or more\.",
        r"schedule：\1 = \2 不是班组数，应为不小于 0 的整数。",
    ),
    (r"schedule: (\S+) = (.+?) is not a number from (\S+) on\.", r"schedule：\1 = \2 应为不小于 \3 的数。"),
    (r"schedule: (\S+) = (.+?) is not a number\.", r"schedule：\1 = \2 不是数字。"),
    (
        r"schedule: (\S+) = (.+?) is not days such as Mon-Fri or 周一至周六\.",
        r"schedule：\1 = \2 无法识别；请写成“周一至周六”这样的日子。",
    ),
    (r"schedule: key '(.+?)' is unknown\.", r"schedule：没有 '\1' 这一项。"),
    (r"schedule: (calendars\.\S+|delays\.\S+): key '(.+?)' is unknown\.", r"schedule：\1 没有 '\2' 这一项。"),
)
_INSIDE = (
    (r" Did you mean (.+?)\?", lambda m: f"是否指 {m[1].replace(' or ', '、')}？"),
    (r"(?<=') and (\d+) more\b", r" 等，另有 \1 项"),
    (r"', '", "'、'"),
)
"""Words inside a sentence that is known; in any other sentence they are left alone."""
_KNOWN = tuple((re.compile(pattern, re.MULTILINE), told) for pattern, told in _TURNS)
_WITHIN = tuple((re.compile(pattern), told) for pattern, told in _INSIDE)


def schedule_error_zh(text: str) -> str:
    """The text of an error as a Chinese reader has it; what no sentence here knows stays as it is."""
    told = text
    for pattern, words in _KNOWN:
        told = pattern.sub(words, told)
    for inside, change in _WITHIN if told != text else ():
        told = inside.sub(change, told)
    return told
