-- Keys and indexes, made once the data is there: that is much faster than to keep them up to date row by row.

ALTER TABLE crm.markets ADD PRIMARY KEY (country);
ALTER TABLE crm.stores ADD PRIMARY KEY (id);
ALTER TABLE crm.products ADD PRIMARY KEY (id), ADD UNIQUE (sku);
ALTER TABLE crm.customers ADD PRIMARY KEY (id), ADD UNIQUE (email);
ALTER TABLE crm.consents ADD PRIMARY KEY (customer_id, purpose);
ALTER TABLE crm.leads ADD PRIMARY KEY (id);
ALTER TABLE crm.orders ADD PRIMARY KEY (id, ordered_at);
ALTER TABLE crm.order_items ADD PRIMARY KEY (order_id, line);
ALTER TABLE crm.support_tickets ADD PRIMARY KEY (id);
ALTER TABLE crm.marketing_events ADD PRIMARY KEY (id);
ALTER TABLE crm.churn_scores ADD PRIMARY KEY (customer_id);

ALTER TABLE crm.stores ADD FOREIGN KEY (country) REFERENCES crm.markets;
ALTER TABLE crm.customers ADD FOREIGN KEY (country) REFERENCES crm.markets;
ALTER TABLE crm.consents ADD FOREIGN KEY (customer_id) REFERENCES crm.customers ON DELETE CASCADE;
ALTER TABLE crm.leads ADD FOREIGN KEY (customer_id) REFERENCES crm.customers ON DELETE SET NULL;
ALTER TABLE crm.orders ADD FOREIGN KEY (customer_id) REFERENCES crm.customers;
ALTER TABLE crm.orders ADD FOREIGN KEY (store_id) REFERENCES crm.stores;
ALTER TABLE crm.order_items ADD FOREIGN KEY (order_id, ordered_at) REFERENCES crm.orders (id, ordered_at) ON DELETE CASCADE;
ALTER TABLE crm.order_items ADD FOREIGN KEY (product_id) REFERENCES crm.products;
ALTER TABLE crm.support_tickets ADD FOREIGN KEY (customer_id) REFERENCES crm.customers ON DELETE CASCADE;
ALTER TABLE crm.marketing_events ADD FOREIGN KEY (customer_id) REFERENCES crm.customers ON DELETE CASCADE;
ALTER TABLE crm.churn_scores ADD FOREIGN KEY (customer_id) REFERENCES crm.customers ON DELETE CASCADE;

CREATE INDEX ON crm.customers (country);
CREATE INDEX ON crm.customers (national_id);
CREATE INDEX ON crm.orders (customer_id);
CREATE INDEX ON crm.support_tickets (customer_id);
CREATE INDEX ON crm.marketing_events (customer_id);
CREATE INDEX ON crm.leads (customer_id);
