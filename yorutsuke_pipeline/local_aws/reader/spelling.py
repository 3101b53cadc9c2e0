"""One spelling for all that the model reads, so that the rules need only know one.

NFKC makes full width narrow and half width kana wide. The recogniser was trained mostly on Chinese, so it writes
some Japanese characters in their Chinese form; the table turns back those that occur on receipts.

Kept out: corrections that depend on what stands around (a rule may still forgive ``O`` for ``0``).
"""

from __future__ import annotations

import re
import unicodedata

# Pairs, Chinese form then Japanese form. Only characters that a receipt prints: money, shops, goods, places.
_PAIRS = """
计計 额額 领領 收収 稅税 发発 發発 换換 點点 单単 單単 价価 價価 买買 卖売 賣売 预預 约約 钱銭 现現 总総 總総 會会 號号
广広 廣広 电電 话話 东東 车車 时時 间間 门門 问問 员員 圆円 圓円 对対 對対 种種 类類 证証 书書 说説 认認 订訂 记記 许許
设設 该該 请請 读読 讀読 课課 调調 谢謝 贵貴 费費 资資 质質 轻軽 輕軽 减減 满満 滿満 汤湯 泽沢 济済 濟済 气気 氣気 无無
图図 國国 团団 團団 园園 场場 处処 處処 备備 复復 头頭 寶宝 实実 實実 导導 岛島 师師 带帯 帶帯 应応 應応 库庫 當当 录録
錄録 执執 择択 损損 數数 权権 來来 极極 构構 样様 樣様 标標 检検 檢検 欢歓 歡歓 每毎 洁潔 燈灯 热熱 爱愛 环環 县県 縣県
确確 禮礼 积積 简簡 纸紙 级級 纳納 线線 组組 细細 终終 经経 經経 结結 给給 统統 续続 續続 绿緑 綠緑 编編 节節 艺芸 药薬
藥薬 营営 營営 补補 见見 观観 规規 视視 览覧 识識 负負 贩販 购購 贴貼 贷貸 赠贈 输輸 边辺 达達 过過 运運 还還 进進 远遠
连連 选選 邮郵 酱醤 鉴鑑 针針 铁鉄 鐵鉄 铃鈴 银銀 锅鍋 长長 闭閉 开開 闻聞 际際 险険 險険 项項 顺順 须須 题題 风風 饭飯
饮飲 馆館 马馬 驿駅 驛駅 验験 驗験 鱼魚 鸡鶏 鸟鳥 龙竜 齐斉 齿歯 两両 兩両 个個 丰豊 业業 专専 乡郷 亚亜 产産 產産 从従
仓倉 传伝 傳伝 體体 儿児 寫写 农農 净浄 别別 则則 剂剤 劳労 动動 务務 區区 醫医 华華 协協 卷巻 厅庁 历歴 參参 变変 變変
响響 压圧 壓圧 妇婦 學学 宽寛 层層 岁歳 异異 张張 强強 归帰 惠恵 户戸 戶戸 报報 拂払 效効 显顕 术術 机機 杂雑 查査 桥橋
殘残 决決 测測 灵霊 烟煙 烧焼 燒焼 盐塩 笔筆 铺舗 鋪舗 误誤 转転 轉転 适適 关関 關関 鲜鮮 內内 增増 德徳 黑黒 步歩 凉涼
晚晩 黃黄 樂楽 乐楽 緖緒 麵麺 豐豊 與与 澤沢 佛仏 榮栄 荣栄 櫻桜 樱桜 齋斎 邊辺 濱浜 滨浜 瀧滝 鹽塩 壽寿 萬万 灣湾 靜静
廳庁 隨随 殼殻 畫画 龜亀 歸帰 證証 讓譲 拔抜 賴頼 冰氷 凈浄 顾顧
"""
_CHINESE_TO_JAPANESE = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}

_DASHES = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0x2500, 0x2501), "-")
_KANJI_AS_KATAKANA = dict(zip("一力口工二夕卜八千三", "ーカロエニタトハチミ", strict=True))
_LIKE_KATAKANA = re.compile(r"(?<=[ァ-ヺー])[一力口工二夕卜八千三](?=[ァ-ヺー])")
"""Twins that only their neighbours tell apart: ダンボ一ル with the character for one. Shops are named in katakana."""

_LETTER_O = re.compile(
    r"(?<=\d)(?<![A-Za-z]\d)[Oo](?=[\dOo.,/:%]|\b)"  # 1O.50, 20O
    r"|(?<=\d[.,/])[Oo](?=[\dOo]|\b)|(?<=[./])[Oo](?=\d)"  # 10.OO, 18/O3/2018
    r"|(?<=RM)O(?=\.\d)"
)
_LETTER_L = re.compile(r"(?<=\d)(?<![A-Za-z]\d)[lI|](?=[\d.,/:]|\b)|(?<=\d[./])[lI|](?=\d)")
"""Letters among digits, as dot matrix and thermal print are read: 1O.5O, 2l/03/2018."""

_LOST_DOT = re.compile(r"(\d{1,4}) (\d{2})")

_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")


def has_kana(text: str) -> bool:
    """True when the text is Japanese beyond doubt; kanji alone may be Chinese."""
    return bool(_KANA.search(unicodedata.normalize("NFKC", text)))


def one_spelling(text: str, *, japanese: bool = True) -> str:
    """NFKC, one kind of dash and of blank, digits where letters were read among digits.

    On a Japanese page, Japanese forms of its characters; elsewhere the dot that a printer lost: a piece of text that
    is "80 91" and nothing else is 80.91.
    """
    narrow = unicodedata.normalize("NFKC", text).translate(_DASHES)
    narrow = _LETTER_L.sub("1", _LETTER_O.sub("0", narrow))
    if japanese:
        narrow = narrow.translate(_CHINESE_TO_JAPANESE)
        narrow = _LIKE_KATAKANA.sub(lambda twin: _KANJI_AS_KATAKANA[twin.group()], narrow)
    text = " ".join(narrow.split())
    lost = None if japanese else _LOST_DOT.fullmatch(text)
    return f"{lost[1]}.{lost[2]}" if lost else text
