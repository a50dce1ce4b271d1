CREATE TABLE "inspector_refreshes" (
	"id" text PRIMARY KEY NOT NULL,
	"claimed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"outcome" text
);
