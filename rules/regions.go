package rules

import "strings"

// presets are the regions that ship with the product, for `regions: {use: [...]}`.
//
// Each holds the states in which its regulation is the law. Territories that have a country code of their own (such
// as RE, PR or HK) are in none of them: a policy that needs one names it in a region of its own, or it is in region unknown.
func presets() []Region {
	return []Region{
		// The 27 member states, and the EEA states by Decision of the EEA Joint Committee No 154/2018 (IS, LI, NO).
		preset("gdpr", "Regulation (EU) 2016/679 (General Data Protection Regulation)",
			"AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"),
		// Section 3(10) of the Data Protection Act 2018.
		preset("uk-gdpr", "UK General Data Protection Regulation and Data Protection Act 2018", "GB"),
		preset("lgpd", "Lei Geral de Proteção de Dados Pessoais (Lei nº 13.709/2018)", "BR"),
		preset("appi", "Act on the Protection of Personal Information (Act No. 57 of 2003)", "JP"),
		preset("pipl", "Personal Information Protection Law of the People's Republic of China (2021)", "CN"),
		preset("pdpa-sg", "Personal Data Protection Act 2012 (Singapore)", "SG"),
		preset("dpdp", "Digital Personal Data Protection Act, 2023 (India)", "IN"),
		// A law of one state; a country code cannot tell states apart, so it stands for the whole country.
		preset("ccpa", "California Consumer Privacy Act of 2018 (Cal. Civ. Code § 1798.100 ff.)", "US"),
		preset("pipa", "Personal Information Protection Act (Republic of Korea, Act No. 10465 of 2011)", "KR"),
		preset("popia", "Protection of Personal Information Act 4 of 2013 (South Africa)", "ZA"),
		preset("privacy-act-au", "Privacy Act 1988 (Australia)", "AU"),
		preset("privacy-act-nz", "Privacy Act 2020 (New Zealand)", "NZ"),
		preset("pipeda", "Personal Information Protection and Electronic Documents Act (Canada, S.C. 2000, c. 5)", "CA"),
		preset("fadp", "Federal Act on Data Protection of 25 September 2020 (Switzerland)", "CH"),
		preset("uae-pdpl", "Federal Decree-Law No. 45 of 2021 on the Protection of Personal Data (United Arab Emirates)", "AE"),
		preset("ksa-pdpl", "Personal Data Protection Law (Saudi Arabia, Royal Decree M/19 of 2021)", "SA"),
		preset("qatar-pdppl", "Law No. 13 of 2016 on Personal Data Privacy Protection (Qatar)", "QA"),
		preset("kvkk", "Kişisel Verilerin Korunması Kanunu (Turkey, Law No. 6698 of 2016)", "TR"),
		preset("israel-ppl", "Protection of Privacy Law, 5741-1981 (Israel)", "IL"),
		preset("pdpa-th", "Personal Data Protection Act B.E. 2562 (2019) (Thailand)", "TH"),
		preset("pdpa-my", "Personal Data Protection Act 2010 (Malaysia)", "MY"),
		preset("pdpa-tw", "Personal Data Protection Act (Taiwan)", "TW"),
		preset("pdpo-hk", "Personal Data (Privacy) Ordinance (Hong Kong, Cap. 486)", "HK"),
		preset("dpa-ph", "Data Privacy Act of 2012 (Philippines, Republic Act No. 10173)", "PH"),
		preset("pdp-id", "Undang-Undang Pelindungan Data Pribadi (Indonesia, Law No. 27 of 2022)", "ID"),
		preset("pdpl-vn", "Law on Personal Data Protection (Viet Nam, Law No. 91/2025/QH15)", "VN"),
		preset("lfpdppp", "Ley Federal de Protección de Datos Personales en Posesión de los Particulares (Mexico)", "MX"),
		preset("pdpa-ar", "Ley 25.326 de Protección de los Datos Personales (Argentina)", "AR"),
		preset("lpdp-cl", "Ley 19.628 sobre Protección de la Vida Privada, as amended by Ley 21.719 (Chile)", "CL"),
		preset("ley-1581-co", "Ley Estatutaria 1581 de 2012 (Colombia)", "CO"),
		preset("ndpa", "Nigeria Data Protection Act, 2023", "NG"),
		preset("dpa-ke", "Data Protection Act, 2019 (Kenya)", "KE"),
	}
}

func preset(name, regulation, countries string) Region {
	return Region{Name: name, Regulation: regulation, Countries: strings.Fields(countries)}
}

func presetNames() names {
	ns := names{one: "preset", many: "presets"}
	for _, r := range presets() {
		ns.known = append(ns.known, r.Name)
	}
	return ns
}

// countryCodes are the 249 officially assigned codes of ISO 3166-1 alpha-2 (https://www.iso.org/obp/ui/#search/code/).
const countryCodes = `
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT
MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ
UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
`
