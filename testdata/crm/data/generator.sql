-- What the other files in this folder need to make up people: hash functions instead of random(), so that every load gives
-- the same data, and a table of what is peculiar to each market. All of it is temporary.

-- A number from 0 to 2^31-1 that looks random: the same for the same row and salt.
CREATE FUNCTION pg_temp.h(id bigint, salt bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
SELECT hashint8extended(id, salt) & 2147483647
$$;

-- The same, evenly from 0 (included) to 1 (not included).
CREATE FUNCTION pg_temp.u(id bigint, salt bigint) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
SELECT (hashint8extended(id, salt) & 2147483647) / 2147483648.0::double precision
$$;

-- One of the elements of a list.
CREATE FUNCTION pg_temp.pick(list text[], id bigint, salt bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
SELECT list[1 + (hashint8extended(id, salt) & 2147483647) % cardinality(list)]
$$;

-- Where a customer lives: big and small markets, and 2 % who never said.
CREATE FUNCTION pg_temp.country(id bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
SELECT (ARRAY['US', 'CN', 'DE', 'IN', 'GB', 'JP', 'BR', 'FR', 'KR', 'CA', 'AU', 'ZA', 'SG', 'AE', NULL])[
    1 + width_bucket((hashint8extended(id, 1) & 2147483647)::integer % 1000,
        ARRAY[220, 370, 480, 580, 660, 740, 815, 880, 910, 935, 955, 965, 975, 980])]
$$;

-- The last digit of a number that ought to be a check digit and is not: Brazilian CPF and Japanese My Number both weigh
-- the six digits before it with 7 to 2, modulo 11.
CREATE FUNCTION pg_temp.wrong_check_digit(n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
SELECT (11 - (n % 10 * 2 + n / 10 % 10 * 3 + n / 100 % 10 * 4 + n / 1000 % 10 * 5 + n / 10000 % 10 * 6 + n / 100000 % 10 * 7) % 11 + 1) % 10
$$;

-- A moment between the opening of the shop and the day on which the sample was taken; the share is from 0 to 1.
CREATE FUNCTION pg_temp.moment(share double precision) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
SELECT to_timestamp(1672531200 + floor(share * 1275 * 86400))
$$; -- from 2023-01-01, 1275 days

-- Formats are to_char's. Numbers are in ranges that are reserved for fiction or not given out, identity numbers break
-- the rule that a real one would keep (a date, a region, a first or a check digit).
CREATE FUNCTION pg_temp.range(format text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
SELECT power(10, length(regexp_replace(format, '"[^"]*"|FM', '', 'g')))::bigint
$$;

CREATE FUNCTION pg_temp.number(format text, range bigint, id bigint, salt bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
SELECT to_char(range / 5 + (hashint8extended(id, salt) & 2147483647) % (range * 4 / 5), format)
$$;

CREATE TEMPORARY TABLE market (
    country text, name text, currency text, language text, income integer,
    phone text, national_id text, postal_code text,
    given text[], family text[], native_given text[], native_family text[], family_first boolean,
    cities text[], streets text[],
    phones bigint GENERATED ALWAYS AS (pg_temp.range(phone)) STORED,
    postal_codes bigint GENERATED ALWAYS AS (pg_temp.range(postal_code)) STORED
);

INSERT INTO market VALUES
('US', 'United States', 'USD', 'en', 4800, 'FM"+1 "000" 555 01"00', 'FM"9"00"-00-"0000', 'FM00000',
 '{James,Mary,Robert,Patricia,Michael,Linda,David,Elizabeth,Jose,Barbara,Aaliyah,Ethan,Madison,Tyrone,Emily,Wei}',
 '{Smith,Johnson,Williams,Brown,Jones,Garcia,Miller,Davis,Rodriguez,Martinez,Hernandez,Wilson,Nguyen,Anderson,Thomas,O''Brien}',
 NULL, NULL, false, '{New York,Los Angeles,Chicago,Houston,Phoenix,Seattle}', '{Main St,Oak Ave,Maple Dr,2nd St,Cedar Ln}'),
('CN', 'China', 'CNY', 'zh', 1300, 'FM"+86 100 "0000" "0000', 'FM"000000"0000"1399"00"0X"', 'FM000000',
 '{Wei,Fang,Na,Min,Jing,Lei,Jun,Yang,Yan,Jie,Juan,Tao,Ming,Chao,Xia,Ping}',
 '{Wang,Li,Zhang,Liu,Chen,Yang,Huang,Zhao,Wu,Zhou,Xu,Sun,Ma,Zhu,Hu,Guo}',
 '{伟,芳,娜,敏,静,磊,军,洋,艳,杰,娟,涛,明,超,霞,平}', '{王,李,张,刘,陈,杨,黄,赵,吴,周,徐,孙,马,朱,胡,郭}',
 true, '{Shanghai,Beijing,Shenzhen,Guangzhou,Chengdu,Hangzhou}', '{Nanjing Lu,Zhongshan Lu,Renmin Lu,Jiefang Lu}'),
('DE', 'Germany', 'EUR', 'de', 3900, 'FM"+49 171 39200"00', 'FM"0"0" "000" "000" 000"', 'FM00000',
 '{Anna,Lukas,Lena,Jonas,Mia,Leon,Katharina,Jürgen,Sabine,Björn,Ursula,Günther,Ayşe,Mehmet,Claudia,Stefan}',
 '{Müller,Schmidt,Schneider,Fischer,Weber,Meyer,Wagner,Becker,Schulz,Hoffmann,Schäfer,Koch,Yılmaz,Krüger,Groß,Lehmann}',
 NULL, NULL, false, '{Berlin,Hamburg,München,Köln,Leipzig,Stuttgart}', '{Hauptstraße,Bahnhofstraße,Gartenweg,Lindenallee,Schillerplatz}'),
('IN', 'India', 'INR', 'hi', 700, 'FM"+91 0"0000" "00000', 'FM"0"000" "0000" 0000"', 'FM000000',
 '{Aarav,Priya,Rahul,Ananya,Vikram,Sunita,Arjun,Lakshmi,Sanjay,Deepika,Mohammed,Kavita,Ravi,Neha,Gurpreet,Pooja}',
 '{Sharma,Patel,Singh,Kumar,Gupta,Reddy,Nair,Iyer,Khan,Das,Chatterjee,Joshi,Mehta,Rao,Kaur,Pillai}',
 NULL, NULL, false, '{Mumbai,Delhi,Bengaluru,Hyderabad,Chennai,Kolkata}', '{MG Road,Station Road,Gandhi Marg,Park Street}'),
('GB', 'United Kingdom', 'GBP', 'en', 3300, 'FM"+44 7700 900"000', 'FM"QQ "00" "00" "00" C"', 'FM"ZZ"0" "0"ZZ"',
 '{Oliver,Amelia,George,Olivia,Harry,Isla,Jack,Emily,Charlie,Ava,Mohammed,Sophie,Thomas,Grace,Nigel,Siobhan}',
 '{Smith,Jones,Taylor,Brown,Williams,Wilson,Johnson,Davies,Patel,Robinson,Wright,Thompson,Evans,Walker,Khan,O''Connor}',
 NULL, NULL, false, '{London,Manchester,Birmingham,Leeds,Glasgow,Bristol}', '{High Street,Church Lane,Station Road,Victoria Road}'),
('JP', 'Japan', 'JPY', 'ja', 2700, 'FM"+81 90 0"000" "0000', 'FM"0000 0"000" "0000', 'FM000"-"0000',
 '{Haruto,Yui,Sota,Hina,Yuto,Sakura,Ren,Aoi,Kenji,Yoko,Takashi,Keiko,Hiroshi,Akiko,Daiki,Misaki}',
 '{Sato,Suzuki,Takahashi,Tanaka,Watanabe,Ito,Yamamoto,Nakamura,Kobayashi,Kato,Yoshida,Yamada,Sasaki,Matsumoto,Inoue,Kimura}',
 '{陽翔,結衣,颯太,陽菜,悠斗,さくら,蓮,葵,健二,洋子,隆,恵子,浩,明子,大輝,美咲}',
 '{佐藤,鈴木,高橋,田中,渡辺,伊藤,山本,中村,小林,加藤,吉田,山田,佐々木,松本,井上,木村}',
 true, '{Tokyo,Osaka,Yokohama,Nagoya,Sapporo,Fukuoka}', '{Ginza,Umeda,Shibuya,Sakae,Honcho}'),
('BR', 'Brazil', 'BRL', 'pt', 900, 'FM"+55 11 0"0000"-"0000', 'FM"000."000"."000"-"0"0"', 'FM00000"-"000',
 '{Maria,João,Ana,Pedro,Francisca,Lucas,Juliana,Gabriel,Márcia,Rafael,Fernanda,José,Luana,Thiago,Conceição,Antônio}',
 '{Silva,Santos,Oliveira,Souza,Rodrigues,Ferreira,Alves,Pereira,Lima,Gomes,Costa,Ribeiro,Martins,Carvalho,Araújo,Gonçalves}',
 NULL, NULL, false, '{São Paulo,Rio de Janeiro,Belo Horizonte,Salvador,Curitiba,Recife}', '{Rua das Flores,Avenida Brasil,Rua XV de Novembro,Travessa da Paz}'),
('FR', 'France', 'EUR', 'fr', 3200, 'FM"+33 6 39 98 "00" "00', 'FM"0 "00" 13 99 "000" "000" 00"', 'FM00000',
 '{Camille,Louis,Emma,Gabriel,Chloé,Raphaël,Léa,Arthur,Manon,Jules,Inès,Hugo,Élodie,François,Fatima,Benoît}',
 '{Martin,Bernard,Dubois,Thomas,Robert,Richard,Petit,Durand,Leroy,Moreau,Simon,Laurent,Lefèvre,Benali,Garnier,D''Angelo}',
 NULL, NULL, false, '{Paris,Lyon,Marseille,Toulouse,Lille,Nantes}', '{Rue de la Paix,Avenue Victor-Hugo,Place de l''Église,Rue du Moulin}'),
('KR', 'South Korea', 'KRW', 'ko', 2600, 'FM"+82 10 0"000" "0000', 'FM00"1399-0"0000"00"', 'FM00000',
 '{Minjun,Seoyeon,Jiho,Jiwoo,Hyunwoo,Minji,Junseo,Yuna,Donghyun,Eunji,Sungmin,Soojin,Jihoon,Hana,Taeyang,Bora}',
 '{Kim,Lee,Park,Choi,Jung,Kang,Cho,Yoon,Jang,Lim,Han,Oh,Seo,Shin,Kwon,Hwang}',
 '{민준,서연,지호,지우,현우,민지,준서,유나,동현,은지,성민,수진,지훈,하나,태양,보라}', '{김,이,박,최,정,강,조,윤,장,임,한,오,서,신,권,황}',
 true, '{Seoul,Busan,Incheon,Daegu,Daejeon,Gwangju}', '{Gangnam-daero,Sejong-daero,Teheran-ro,Mapo-daero}'),
('CA', 'Canada', 'CAD', 'en', 4000, 'FM"+1 "000" 555 01"00', 'FM"0"00" "000" "000', 'FM"Z"0"Z "0"Z"0',
 '{Liam,Emma,Noah,Charlotte,William,Sophie,Benjamin,Chloe,Étienne,Maude,Lucas,Zoe,Harpreet,Mei,Alexandre,Hannah}',
 '{Tremblay,Smith,Roy,Brown,Gagnon,Wilson,Côté,Martin,Bouchard,Singh,Campbell,Lee,MacDonald,Bélanger,Wong,Taylor}',
 NULL, NULL, false, '{Toronto,Montréal,Vancouver,Calgary,Ottawa,Halifax}', '{King St W,Rue Sainte-Catherine,Granville St,Bank St}'),
('AU', 'Australia', 'AUD', 'en', 4400, 'FM"+61 491 570 "000', 'FM"0"000" "00000" 0"', 'FM0000',
 '{Jack,Charlotte,Oliver,Olivia,William,Mia,Noah,Isla,Cooper,Ruby,Lachlan,Matilda,Bruce,Sheila,Minh,Priya}',
 '{Smith,Jones,Williams,Brown,Wilson,Taylor,Nguyen,Johnson,Martin,White,Anderson,Walker,Thompson,Kelly,Ryan,Singh}',
 NULL, NULL, false, '{Sydney,Melbourne,Brisbane,Perth,Adelaide,Hobart}', '{George St,Collins St,Queen St,Hay St}'),
('ZA', 'South Africa', 'ZAR', 'en', 1100, 'FM"+27 00 "000" "0000', 'FM00"1399"0000"000"', 'FM0000',
 '{Thabo,Nomvula,Sipho,Lerato,Pieter,Anika,Johan,Zanele,Bongani,Precious,Kagiso,Elna,Mandla,Ayanda,Riaan,Fatima}',
 '{Nkosi,Dlamini,Botha,Naidoo,Mokoena,van der Merwe,Khumalo,Pillay,Zulu,Jacobs,Mahlangu,Smit,Ndlovu,Venter,Sithole,Adams}',
 NULL, NULL, false, '{Johannesburg,Cape Town,Durban,Pretoria}', '{Long St,Nelson Mandela Dr,Kerk St,Beach Rd}'),
('SG', 'Singapore', 'SGD', 'en', 4300, 'FM"+65 0"000" "0000', 'FM"X0"000000"Z"', 'FM000000',
 '{Wei Ming,Siti,Jun Jie,Mei Ling,Arjun,Nur Aisyah,Kai,Xin Yi,Ahmad,Priya,Zhi Hao,Hui Min,Ravi,Farah,Darren,Shu Fen}',
 '{Tan,Lim,Lee,Ng,Ong,Wong,Goh,Chua,Chan,Koh,Teo,Ang,Rahman,Pillai,Yeo,Tay}',
 NULL, NULL, true, '{Singapore}', '{Orchard Road,Bukit Timah Road,Tampines Ave 1,Jurong East St 13}'),
('AE', 'United Arab Emirates', 'AED', 'ar', 4600, 'FM"+971 00 "000" "0000', 'FM"784-0000-"0000000"-0"', NULL,
 '{Mohammed,Fatima,Ahmed,Aisha,Ali,Maryam,Omar,Noura,Khalid,Layla,Yousef,Hessa,Hassan,Salma,Rashid,Amna}',
 '{Al Maktoum,Al Mansoori,Al Hashimi,Al Suwaidi,Hussein,Khan,Al Nuaimi,Al Ali,Al Ketbi,Haddad,Al Shamsi,Saeed,Al Zaabi,Rahman,Al Falasi,Nasser}',
 '{محمد,فاطمة,أحمد,عائشة,علي,مريم,عمر,نورة,خالد,ليلى,يوسف,حصة,حسن,سلمى,راشد,آمنة}',
 '{آل مكتوم,المنصوري,الهاشمي,السويدي,حسين,خان,النعيمي,العلي,الكتبي,حداد,الشامسي,سعيد,الزعابي,رحمن,الفلاسي,ناصر}',
 false, '{Dubai,Abu Dhabi,Sharjah}', '{Sheikh Zayed Road,Corniche Road,Al Wasl Road}'),
-- Customers without a country come from anywhere and left little behind.
(NULL, NULL, NULL, 'en', 2500, NULL, NULL, NULL,
 '{Alex,Sam,Maria,Kim,Andrea,Nikita,Robin,Sasha,Jean,Chris,Noor,Jamie,Ariel,Dominique,Toni,Kiran}',
 '{Novak,Silva,Ivanova,Haddad,Andersson,Kowalska,Rossi,Papadopoulos,Jansen,Okafor,Nguyen,Santos,Cohen,Hansen,Popescu,Moreno}',
 NULL, NULL, false, NULL, NULL);

-- To write names in an address: Latin letters without their marks.
CREATE FUNCTION pg_temp.ascii(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
SELECT translate(lower(name), 'äöüßáãàâéÉèêëíîóôõúçğışñ ''', 'aousaaaaeeeeeiioooucgisn')
$$;

INSERT INTO crm.markets (country, name, currency)
SELECT country, name, currency FROM market WHERE country IS NOT NULL ORDER BY country;

INSERT INTO crm.stores (id, country, city, name, opened_on)
SELECT row_number() OVER (ORDER BY country, city), country, city, city || ' ' || kind, date '2012-03-01' + (pg_temp.h(hashtext(city || kind), 2) % 3900)::integer
FROM market, unnest(cities) AS city, unnest('{Centre,Outlet}'::text[]) AS kind
WHERE country IS NOT NULL;

CREATE TEMPORARY TABLE store AS
SELECT country, id, row_number() OVER (PARTITION BY country ORDER BY id) - 1 AS n, count(*) OVER (PARTITION BY country) AS stores
FROM crm.stores;

INSERT INTO crm.products (id, sku, name, category, price)
SELECT id, upper(left(category, 3)) || '-' || to_char(id, 'FM00000'),
       pg_temp.pick('{Alpine,Classic,Nordic,Urban,Everyday,Heritage,Light,Pro}', id, 3) || ' ' || item, category,
       round((4.9 + 3 * exp(4.2 * pg_temp.u(id, 4)))::numeric, 1) + 0.09
FROM generate_series(1, 300) AS id,
     LATERAL (SELECT (ARRAY['shoes', 'outerwear', 'kitchen', 'garden', 'toys', 'beauty'])[1 + id % 6] AS category) c,
     LATERAL (SELECT (ARRAY['runner', 'jacket', 'pan', 'lamp', 'puzzle', 'balm'])[1 + id % 6] AS item) i;
