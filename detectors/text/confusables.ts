// Characters drawn like Latin ones, by script (after the idea of the UTS #39 skeleton; the pairs are our own choice of what is used to deceive).

const pairs: readonly string[] = [
  // Cyrillic
  "аaеeёeоoрpсcуyхxіiїiјjѕsһhԁdԛqԝwкkмmтtнhвbгrпnӏlүyәeөoҽeґrҫcӽx",
  "АAВBЕEЁEЗ3КKМMНHОOРPСCТTУYХXІIЇIЈJЅSԚQԜWҒFҮYӀIҪCӨOԌGЬb",
  // Greek
  "αaβbγyεeζzηnιiκkνvοoρpσoςcτtυuχxωwϲcϳjάaέeήnίiόoύuώw",
  "ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXϹCϺM",
  // Armenian, Cherokee, Lisu
  "ոnօoսuհhցgզqաwյjՏSՕOՍUԱUցg",
  "ᎪAᏴBᏟCᎠDᎬEᏀGᎻHᎫJᏦKᏞLᎷMᏢPᏚSᎢTᏙVᎳWᏃZᎡRᎥi",
  "ꓮAꓐBꓚCꓓDꓰEꓝFꓖGꓧHꓲIꓙJꓗKꓡLꓟMꓠNꓳOꓑPꓣRꓢSꓔTꓴUꓦVꓪWꓫXꓬYꓜZ",
  // Latin letters that are not the plain ones, small capitals, turned and hooked letters
  "ıiȷjɑaɡgɩiʟlɪiᴀaʙbᴄcᴅdᴇeꜰfɢgʜhᴊjᴋkᴍmɴnᴏoᴘpǫqʀrꜱsᴛtᴜuᴠvᴡwʏyᴢzɛeɔoəeƅbɗdɦhɨiɫlłlŁLøoØOđdĐDħhŧtƒfɱmɳnʂsʈtʋvʐzþpƴyɓb",
  // Marks that stand for ASCII ones
  '\u2018\'\u2019\'\u201a\'\u201b\'\u2032\'\u201c"\u201d"\u201e"\u2033"\u00ab"\u00bb"\u2010-\u2011-\u2012-\u2013-\u2014-\u2015-\u2212-\u2043-\u2044/\u2215/\u29f8/\u2216\\\u2236:\u02d0:\ua789:\u066a%\u066b,\u2024.\u00b7.\u30fb.\u2217*\u204e*\u02c6^\u02dc~\u223c~\u01c3!\u037e;\u2039<\u203a>\u2329<\u232a>\u27e8<\u27e9>\u3008<\u3009>\u201f"',
]

/** From a look-alike to the ASCII character it imitates. */
export const confusables: ReadonlyMap<string, string> = new Map(
  pairs.flatMap((line) => {
    const characters = [...line]
    return Array.from({ length: characters.length / 2 }, (_, i) => [characters[2 * i] as string, characters[2 * i + 1] as string] as const)
  }),
)
