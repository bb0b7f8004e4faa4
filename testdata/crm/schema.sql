-- The sample CRM of a retailer that sells overseas. Every person in it is made up.
-- Keys, indexes and views follow the data: see constraints.sql and views.sql.

CREATE SCHEMA crm;
COMMENT ON SCHEMA crm IS 'Customer relations of a retailer that sells overseas';

CREATE TYPE crm.order_status AS ENUM ('placed', 'paid', 'shipped', 'delivered', 'returned', 'cancelled');

CREATE TABLE crm.markets (
    country  text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    name     text NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$')
);
COMMENT ON TABLE crm.markets IS 'The countries in which we sell, by ISO 3166-1 alpha-2 code';

CREATE TABLE crm.stores (
    id        integer NOT NULL,
    country   text    NOT NULL,
    city      text    NOT NULL,
    name      text    NOT NULL,
    opened_on date    NOT NULL
);
COMMENT ON TABLE crm.stores IS 'Our shops; an order without one came in online';

CREATE TABLE crm.products (
    id       integer       NOT NULL,
    sku      text          NOT NULL,
    name     text          NOT NULL,
    category text          NOT NULL,
    price    numeric(10,2) NOT NULL CHECK (price > 0)
);
COMMENT ON COLUMN crm.products.price IS 'List price in US dollars';

CREATE TABLE crm.customers (
    id             bigint        NOT NULL,
    country        text,
    full_name      text          NOT NULL,
    native_name    text,
    email          text          NOT NULL,
    phone          text,
    birth_date     date,
    national_id    text,
    monthly_income numeric(12,2) CHECK (monthly_income >= 0),
    city           text,
    postal_code    text,
    segment        text          NOT NULL CHECK (segment IN ('new', 'regular', 'loyal', 'vip')),
    preferences    jsonb         NOT NULL DEFAULT '{}',
    notes          text,
    created_at     timestamptz   NOT NULL
);
COMMENT ON TABLE crm.customers IS 'One row a customer; the subject of all personal data here';
COMMENT ON COLUMN crm.customers.country IS 'Country of residence; NULL where the customer never said';
COMMENT ON COLUMN crm.customers.full_name IS 'Name in Latin letters';
COMMENT ON COLUMN crm.customers.native_name IS 'Name as the customer writes it, where that is another script';
COMMENT ON COLUMN crm.customers.national_id IS 'Tax or identity number, asked for where the law wants it on an invoice';
COMMENT ON COLUMN crm.customers.monthly_income IS 'As stated for instalment plans, in US dollars';
COMMENT ON COLUMN crm.customers.preferences IS 'Language, newsletter, shoe size, favourite categories';
COMMENT ON COLUMN crm.customers.notes IS 'Free text by our staff';

CREATE TABLE crm.consents (
    customer_id  bigint      NOT NULL,
    purpose      text        NOT NULL CHECK (purpose IN ('profiling', 'marketing')),
    granted      boolean     NOT NULL,
    granted_at   timestamptz NOT NULL,
    withdrawn_at timestamptz,
    expires_at   timestamptz,
    source       text        NOT NULL CHECK (source IN ('web', 'store', 'call'))
);
COMMENT ON TABLE crm.consents IS 'What a customer was asked and answered, per purpose; no row: never asked';
COMMENT ON COLUMN crm.consents.granted IS 'The answer: false is a refusal';

CREATE TABLE crm.leads (
    id          bigint      NOT NULL,
    customer_id bigint,
    full_name   text        NOT NULL,
    email       text        NOT NULL,
    phone       text,
    birth_date  date,
    country     text,
    source      text        NOT NULL,
    created_at  timestamptz NOT NULL
);
COMMENT ON COLUMN crm.leads.customer_id IS 'Whom the lead became; NULL until then';

CREATE TABLE crm.orders (
    id           bigint           NOT NULL,
    customer_id  bigint           NOT NULL,
    store_id     integer,
    status       crm.order_status NOT NULL,
    ordered_at   timestamptz      NOT NULL,
    total        numeric(12,2)    NOT NULL CHECK (total >= 0),
    ship_address text
) PARTITION BY RANGE (ordered_at);
COMMENT ON TABLE crm.orders IS 'Partitioned by year';
COMMENT ON COLUMN crm.orders.total IS 'In US dollars, taxes and shipping included';

CREATE TABLE crm.orders_2023 PARTITION OF crm.orders FOR VALUES FROM ('2023-01-01 00:00+00') TO ('2024-01-01 00:00+00');
CREATE TABLE crm.orders_2024 PARTITION OF crm.orders FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2025-01-01 00:00+00');
CREATE TABLE crm.orders_2025 PARTITION OF crm.orders FOR VALUES FROM ('2025-01-01 00:00+00') TO ('2026-01-01 00:00+00');
CREATE TABLE crm.orders_2026 PARTITION OF crm.orders FOR VALUES FROM ('2026-01-01 00:00+00') TO ('2027-01-01 00:00+00');
CREATE TABLE crm.orders_later PARTITION OF crm.orders DEFAULT;

CREATE TABLE crm.order_items (
    order_id   bigint        NOT NULL,
    ordered_at timestamptz   NOT NULL,
    line       smallint      NOT NULL CHECK (line > 0),
    product_id integer       NOT NULL,
    quantity   smallint      NOT NULL CHECK (quantity > 0),
    unit_price numeric(10,2) NOT NULL CHECK (unit_price >= 0)
);
COMMENT ON COLUMN crm.order_items.ordered_at IS 'Part of the key of crm.orders';

CREATE TABLE crm.support_tickets (
    id          bigint      NOT NULL,
    customer_id bigint      NOT NULL,
    opened_at   timestamptz NOT NULL,
    closed_at   timestamptz,
    channel     text        NOT NULL CHECK (channel IN ('mail', 'phone', 'chat')),
    subject     text        NOT NULL,
    body        text        NOT NULL
);
COMMENT ON COLUMN crm.support_tickets.body IS 'Free text by the customer: names, addresses, numbers and all';

CREATE TABLE crm.marketing_events (
    id          bigint      NOT NULL,
    customer_id bigint      NOT NULL,
    campaign    text        NOT NULL,
    event       text        NOT NULL CHECK (event IN ('sent', 'opened', 'clicked', 'bought', 'unsubscribed')),
    occurred_at timestamptz NOT NULL,
    ip_address  inet,
    detail      jsonb       NOT NULL DEFAULT '{}'
);

CREATE TABLE crm.churn_scores (
    customer_id bigint           NOT NULL,
    score       double precision NOT NULL CHECK (score BETWEEN 0 AND 1),
    model       text             NOT NULL,
    scored_at   timestamptz      NOT NULL
);
COMMENT ON TABLE crm.churn_scores IS 'How likely a customer is to leave, as the model of the data miners sees it';
