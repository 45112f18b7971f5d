"""Encodings guessed by each of the package's probers."""

import chardet
from chardet.universaldetector import UniversalDetector

samples = {
    "utf-8": "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich", "utf-16": "abc äöü", "shift_jis": "これは日本語の文章です。漢字とかな。",
    "euc-jp": "これは日本語の文章です。漢字とかな。", "iso-2022-jp": "日本語", "gb2312": "这是一个中文句子，用来测试编码。", "big5": "這是一個中文句子，用來測試編碼。",
    "euc-kr": "이것은 한국어 문장입니다. 부호화를 시험합니다.", "koi8-r": "Съешь же ещё этих мягких французских булок, да выпей чаю", "windows-1251": "Съешь же ещё этих мягких французских булок, да выпей чаю",
    "windows-1255": "שלום עולם זה משפט בעברית לבדיקת קידוד התווים", "iso-8859-7": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία", "windows-1252": "Les élèves français sont déjà très fatigués",
}
for encoding, text in samples.items():
    found = chardet.detect((text * 3).encode(encoding))
    print(encoding, found["encoding"], round(found["confidence"], 3), found["language"])
detector = UniversalDetector()
for line in ["plain ascii\n".encode(), "später äöü\n".encode()]:
    detector.feed(line)
print(detector.close(), chardet.detect_all("ß".encode("latin-1") * 5)[:2])
