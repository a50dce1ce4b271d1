CREATE TABLE "activity" (
	"id" uuid PRIMARY KEY NOT NULL,
	"connection_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"method" text NOT NULL,
	"tool" text,
	"outcome" text NOT NULL,
	"reason" text,
	"duration_ms" integer NOT NULL,
	"protocol_version" text,
	"software_name" text,
	"software_version" text
);
--> statement-breakpoint
CREATE TABLE "activity_daily" (
	"connection_id" text NOT NULL,
	"day" date NOT NULL,
	"allowed" integer DEFAULT 0 NOT NULL,
	"denied" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "activity_daily_connection_id_day_pk" PRIMARY KEY("connection_id","day")
);
--> statement-breakpoint
CREATE TABLE "connections" (
	"id" text PRIMARY KEY NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"client_id" text,
	"session_id" text,
	"sort_name" text NOT NULL,
	"appeared_at" timestamp (3) with time zone NOT NULL,
	"active_at" timestamp (3) with time zone NOT NULL,
	"first_seen" timestamp (3) with time zone,
	"last_used" timestamp (3) with time zone,
	"last_allowed_issued_at" bigint,
	"calls" bigint DEFAULT 0 NOT NULL,
	"scopes" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"permissions" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"protocol_version" text,
	"software_name" text,
	"software_version" text,
	"grant_listed_at" timestamp (3) with time zone,
	"granted_scopes" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"application_id" text,
	"application_name" text,
	"dynamically_registered" boolean,
	"redirect_uris" jsonb DEFAULT '[]'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "denials" (
	"target" text PRIMARY KEY NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"client_id" text,
	"revoked_at" timestamp (3) with time zone NOT NULL,
	"permanent" boolean DEFAULT false NOT NULL,
	"covers_unattributed" boolean DEFAULT false NOT NULL,
	"deletion" text NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"text" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "revocation_clock" (
	"id" integer PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "revocations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"connection_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"event" text NOT NULL,
	"by" text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE INDEX "activity_by_outcome" ON "activity" USING btree ("connection_id","outcome","id");--> statement-breakpoint
CREATE INDEX "activity_by_tool" ON "activity" USING btree ("connection_id","tool","outcome","id") WHERE "activity"."tool" is not null;--> statement-breakpoint
CREATE INDEX "activity_daily_by_day" ON "activity_daily" USING btree ("day");--> statement-breakpoint
CREATE INDEX "connections_by_active" ON "connections" USING btree ("issuer","subject","active_at","id");--> statement-breakpoint
CREATE INDEX "connections_by_appeared" ON "connections" USING btree ("issuer","subject","appeared_at","id");--> statement-breakpoint
CREATE INDEX "connections_by_name" ON "connections" USING btree ("issuer","subject","sort_name","id");--> statement-breakpoint
CREATE INDEX "connections_old_sessions" ON "connections" USING btree ("active_at") WHERE "connections"."client_id" is null;--> statement-breakpoint
CREATE INDEX "denials_by_version" ON "denials" USING btree ("version","target");--> statement-breakpoint
CREATE INDEX "denials_by_owner" ON "denials" USING btree ("issuer","subject");--> statement-breakpoint
CREATE INDEX "denials_pending" ON "denials" USING btree ("next_attempt_at") WHERE "denials"."deletion" = 'pending';--> statement-breakpoint
CREATE INDEX "notes_by_owner" ON "notes" USING btree ("issuer","subject","id");--> statement-breakpoint
CREATE INDEX "revocations_by_connection" ON "revocations" USING btree ("issuer","subject","connection_id","id");