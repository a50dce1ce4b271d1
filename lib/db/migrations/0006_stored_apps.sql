-- The key of `appKey` for stored rows. A grant that is listed, and a call, write it again. Separate from the new columns, whose locks end before.
UPDATE "connections" SET "app_key" = left(CASE
  WHEN "client_id" IS NULL THEN 'no client'
  WHEN "client_id" ~ '^https://[^/?#]+' THEN lower(substring("client_id" FROM '^https://([^/?#]+)'))
  WHEN coalesce("application_name", '') = '' THEN 'client ' || "client_id"
  ELSE lower("application_name") || ' · ' || coalesce((
    SELECT string_agg(DISTINCT "host" COLLATE "C", ' ' ORDER BY "host" COLLATE "C") FROM (
      SELECT CASE
        WHEN "uri" ~* '^https?://(localhost|127\.\d+\.\d+\.\d+|\[::1\])([:/?#]|$)' THEN 'localhost'
        WHEN "uri" ~* '^https?://' THEN lower(substring("uri" FROM '^[^:]+://([^/?#:]+)'))
        ELSE lower(substring("uri" FROM '^[^:]+')) || '://' || coalesce(substring("uri" FROM '^[^:]+://([^/?#:]*)'), '')
      END AS "host" FROM jsonb_array_elements_text("redirect_uris") AS "uris"("uri")) AS "hosts"), '')
  END, 300) WHERE "app_key" IS NULL;
