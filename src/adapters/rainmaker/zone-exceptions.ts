/**
 * Where the firmware's own zones differ from tzdata. It carries a table of 2021 (esp-rainmaker-common) with 425 names
 * and a POSIX rule for each; a name that is not in it is refused, and the node keeps the zone that it had.
 */

/** The zone of a node that was never given one that it knows. */
export const FIRMWARE_DEFAULT_ZONE = "Asia/Shanghai";

/** Names for which the firmware's rule gives another local time than tzdata 2025b on some day of 2026. */
export const FIRMWARE_RULES: Readonly<Record<string, string>> = {
  "Africa/Cairo": "EET-2",
  "Africa/Casablanca": "<+01>-1",
  "Africa/El_Aaiun": "<+01>-1",
  "Africa/Juba": "EAT-3",
  "America/Asuncion": "<-04>4<-03>,M10.1.0/0,M3.4.0/0",
  "America/Bahia_Banderas": "CST6CDT,M4.1.0,M10.5.0",
  "America/Merida": "CST6CDT,M4.1.0,M10.5.0",
  "America/Mexico_City": "CST6CDT,M4.1.0,M10.5.0",
  "America/Monterrey": "CST6CDT,M4.1.0,M10.5.0",
  "America/Chihuahua": "MST7MDT,M4.1.0,M10.5.0",
  "America/Godthab": "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1",
  "America/Mazatlan": "MST7MDT,M4.1.0,M10.5.0",
  "America/Ojinaga": "MST7MDT,M3.2.0,M11.1.0",
  "America/Scoresbysund": "<-01>1<+00>,M3.5.0/0,M10.5.0/1",
  "Antarctica/Macquarie": "<+11>-11",
  "Antarctica/Vostok": "<+06>-6",
  "Asia/Almaty": "<+06>-6",
  "Asia/Amman": "EET-2EEST,M3.5.4/24,M10.5.5/1",
  "Asia/Damascus": "EET-2EEST,M3.5.5/0,M10.5.5/0",
  "Asia/Gaza": "EET-2EEST,M3.5.5/0,M10.5.6/1",
  "Asia/Hebron": "EET-2EEST,M3.5.5/0,M10.5.6/1",
  "Asia/Tehran": "<+0330>-3:30<+0430>,J79/24,J263/24",
  "Europe/Volgograd": "<+04>-4",
  "Pacific/Apia": "<+13>-13<+14>,M9.5.0/3,M4.1.0/4",
  "Pacific/Fiji": "<+12>-12<+13>,M11.2.0,M1.2.3/99",
};

/** Names of tzdata 2025b that the firmware does not know; newer ones it cannot know either. */
export const ZONES_UNKNOWN_TO_FIRMWARE: ReadonlySet<string> = new Set(
  `
  Africa/Asmera Africa/Timbuktu America/Argentina/ComodRivadavia America/Atka America/Buenos_Aires America/Catamarca
  America/Ciudad_Juarez America/Coral_Harbour America/Cordoba America/Coyhaique America/Ensenada America/Fort_Wayne
  America/Indianapolis America/Jujuy America/Knox_IN America/Louisville America/Mendoza America/Nuuk
  America/Porto_Acre America/Rosario America/Santa_Isabel America/Shiprock America/Virgin Antarctica/South_Pole
  Asia/Ashkhabad Asia/Calcutta Asia/Chongqing Asia/Chungking Asia/Dacca Asia/Harbin Asia/Istanbul Asia/Kashgar
  Asia/Katmandu Asia/Macao Asia/Qostanay Asia/Rangoon Asia/Saigon Asia/Tel_Aviv Asia/Thimbu Asia/Ujung_Pandang
  Asia/Ulan_Bator Atlantic/Faeroe Atlantic/Jan_Mayen Australia/ACT Australia/Canberra Australia/LHI Australia/NSW
  Australia/North Australia/Queensland Australia/South Australia/Tasmania Australia/Victoria Australia/West
  Australia/Yancowinna Brazil/Acre Brazil/DeNoronha Brazil/East Brazil/West CET CST6CDT Canada/Atlantic
  Canada/Central Canada/Eastern Canada/Mountain Canada/Newfoundland Canada/Pacific Canada/Saskatchewan Canada/Yukon
  Chile/Continental Chile/EasterIsland Cuba EET EST EST5EDT Egypt Eire Etc/GMT Etc/GMT+0 Etc/GMT+1 Etc/GMT+10
  Etc/GMT+11 Etc/GMT+12 Etc/GMT+2 Etc/GMT+3 Etc/GMT+4 Etc/GMT+5 Etc/GMT+6 Etc/GMT+7 Etc/GMT+8 Etc/GMT+9 Etc/GMT-0
  Etc/GMT-1 Etc/GMT-10 Etc/GMT-11 Etc/GMT-12 Etc/GMT-13 Etc/GMT-14 Etc/GMT-2 Etc/GMT-3 Etc/GMT-4 Etc/GMT-5 Etc/GMT-6
  Etc/GMT-7 Etc/GMT-8 Etc/GMT-9 Etc/GMT0 Etc/Greenwich Etc/UCT Etc/UTC Etc/Universal Etc/Zulu Europe/Belfast
  Europe/Kyiv Europe/Nicosia Europe/Tiraspol GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Iran
  Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT Mexico/BajaNorte Mexico/BajaSur Mexico/General NZ NZ-CHAT
  Navajo PRC PST8PDT Pacific/Johnston Pacific/Kanton Pacific/Ponape Pacific/Samoa Pacific/Truk Pacific/Yap Poland
  Portugal ROC ROK Singapore Turkey UCT US/Alaska US/Aleutian US/Arizona US/Central US/East-Indiana US/Eastern
  US/Hawaii US/Indiana-Starke US/Michigan US/Mountain US/Pacific US/Samoa UTC Universal W-SU WET Zulu
`
    .trim()
    .split(/\s+/),
);

/**
 * The POSIX rule that a node really uses.
 *
 * @param ruleOf tzdata's rule of a name; undefined for a name that is no zone
 */
export function firmwareRuleOf(name: string, ruleOf: (name: string) => string | undefined): string | undefined {
  const known = ZONES_UNKNOWN_TO_FIRMWARE.has(name) ? FIRMWARE_DEFAULT_ZONE : name;
  return Object.hasOwn(FIRMWARE_RULES, known) ? FIRMWARE_RULES[known] : ruleOf(known);
}
