CREATE TABLE "activity_latency" (
	"connection_id" text NOT NULL,
	"day" date NOT NULL,
	"tool" text NOT NULL,
	"duration_ms" integer NOT NULL,
	"allowed" integer DEFAULT 0 NOT NULL,
	"denied" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "activity_latency_connection_id_day_tool_duration_ms_pk" PRIMARY KEY("connection_id","day","tool","duration_ms")
);
--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "label" text;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "token_expires_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "activity_latency_by_day" ON "activity_latency" USING btree ("day");