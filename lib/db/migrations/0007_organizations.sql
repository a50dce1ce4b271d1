CREATE TABLE "organization_acts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor_id" text NOT NULL,
	"by" text NOT NULL,
	"act" text NOT NULL,
	"target" text DEFAULT '' NOT NULL,
	"detail" text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organization_members" (
	"organization_id" text NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"listed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "organization_members_organization_id_issuer_subject_pk" PRIMARY KEY("organization_id","issuer","subject")
);
--> statement-breakpoint
ALTER TABLE "activity" ADD COLUMN "organization_id" text;--> statement-breakpoint
ALTER TABLE "denials" ADD COLUMN "organization_id" text;--> statement-breakpoint
CREATE INDEX "organization_acts_by_time" ON "organization_acts" USING btree ("organization_id","id");--> statement-breakpoint
CREATE INDEX "activity_by_organization" ON "activity" USING btree ("organization_id","id") WHERE "activity"."organization_id" is not null;--> statement-breakpoint
CREATE INDEX "connections_by_organization" ON "connections" USING btree ("issuer","organization_id",coalesce("last_used", '1970-01-01Z'),"id") WHERE "connections"."organization_id" is not null;--> statement-breakpoint
CREATE INDEX "connections_of_members" ON "connections" USING btree ("issuer","organization_id","subject") WHERE "connections"."organization_id" is not null;