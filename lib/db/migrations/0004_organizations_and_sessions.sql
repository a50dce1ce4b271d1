ALTER TABLE "connections" ADD COLUMN "client_key" text;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "organization_id" text;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "session_ids" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "first_party" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "grant_resources" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "denials" ADD COLUMN "parent" text;--> statement-breakpoint
ALTER TABLE "denials" ADD COLUMN "application_id" text;--> statement-breakpoint
ALTER TABLE "denials" ADD COLUMN "regranted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notes" ADD COLUMN "organization_id" text;--> statement-breakpoint
CREATE INDEX "connections_by_used" ON "connections" USING btree ("issuer","subject",coalesce("last_used", '1970-01-01Z'),"id");