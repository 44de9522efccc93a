#!/usr/bin/env python3
"""Makes the shipped faces from Debian's fonts-inter and fonts-jetbrains-mono (python3-fonttools, python3-brotli).

Inter becomes "Inter Tabular": the characters Vitrine shows, with Inter's own tabular figures as the ordinary ones (Qt 6.4
cannot ask for the feature). The woff2 file holds fewer characters still: reports carry it inside.
"""
import os
from fontTools import subset, ttLib

INTER = "/usr/share/fonts/opentype/inter/"
MONO = "/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-Regular.ttf"
WINDOW = "U+0020-024F,U+0259,U+02B0-02FF,U+0300-036F,U+0370-03FF,U+0400-045F,U+1E00-1EFF,U+2000-2070,U+2074-209C,U+20A0-20BF,U+2100-215F,U+2190-21FF,U+2200-22FF,U+2300-23FF,U+2581,U+25A0-25FF,U+2600-26FF,U+2713,U+2717,U+2E3A"
REPORT = "U+0020-007E,U+00A0-00FF,U+0391-03A9,U+03B1-03C9,U+2009,U+2013,U+2014,U+2018-201D,U+2022,U+2026,U+202F,U+2070,U+2074-207F,U+2080-2089,U+2190-2193,U+2206,U+2212,U+221E,U+2264,U+2265,U+2248,U+2260,U+2581,U+25CF"


def codes(text):
    for part in text.split(","):
        low, _, high = part.removeprefix("U+").partition("-")
        yield from range(int(low, 16), int(high or low, 16) + 1)


def make_tabular(font):
    """Characters whose glyph has a tabular twin get the twin."""
    gsub = font["GSUB"].table
    twins = {}
    for record in gsub.FeatureList.FeatureRecord:
        if record.FeatureTag != "tnum":
            continue
        for index in record.Feature.LookupListIndex:
            for table in gsub.LookupList.Lookup[index].SubTable:
                table = getattr(table, "ExtSubTable", table)
                twins.update(getattr(table, "mapping", {}))
    digits = [ord(c) for c in "0123456789+.,:-=<>%"] + [0x2212, 0x2009]
    for table in font["cmap"].tables:
        for code in digits:
            if table.cmap.get(code) in twins and code in (*range(0x30, 0x3A), ord("+"), 0x2212):
                table.cmap[code] = twins[table.cmap[code]]
        table.cmap[0x2581] = table.cmap[ord("_")]  # the word mark of sentencepiece's tokens


def keep(font, characters, rename):
    options = subset.Options()
    options.layout_features = ["kern", "ccmp", "locl", "mark", "mkmk", "calt"] if not rename else ["kern", "ccmp", "mark", "mkmk"]
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.hinting = True
    options.desubroutinize = False
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=list(codes(characters)))
    subsetter.subset(font)
    font["head"].modified = font["head"].created
    if not rename:
        return
    style = font["name"].getDebugName(17) or font["name"].getDebugName(2)
    for record in list(font["name"].names):
        if record.nameID in (1, 3, 4, 6, 16, 18, 21, 25):
            value = {1: "Inter Tabular" if style in ("Regular", "Bold") else f"Inter Tabular {style.title()}",
                     4: f"Inter Tabular {style}", 6: f"InterTabular-{style.replace(' ', '')}",
                     3: f"InterTabular-{style.replace(' ', '')}", 16: "Inter Tabular"}.get(record.nameID)
            if value is None:
                font["name"].removeNames(nameID=record.nameID)
            else:
                record.string = value
    if "CFF " in font:
        cff = font["CFF "].cff
        cff.fontNames = [f"InterTabular-{style.replace(' ', '')}"]
        top = cff.topDictIndex[0]
        top.FamilyName, top.FullName = "Inter Tabular", f"Inter Tabular {style}"


here = os.path.dirname(os.path.abspath(__file__))
for style in ("Regular", "SemiBold"):
    for characters, name in ((WINDOW, f"InterTabular-{style}.otf"), (REPORT, f"InterTabular-{style}.woff2")):
        font = ttLib.TTFont(f"{INTER}Inter-{style}.otf", recalcTimestamp=False)
        make_tabular(font)
        keep(font, characters, True)
        font.flavor = "woff2" if name.endswith("woff2") else None
        font.save(os.path.join(here, name))
font = ttLib.TTFont(MONO, recalcTimestamp=False)
keep(font, WINDOW, False)
font.save(os.path.join(here, "JetBrainsMono-Regular.ttf"))
