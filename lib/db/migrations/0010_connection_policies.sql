CREATE TABLE "policies" (
	"target" text PRIMARY KEY NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"policy" jsonb NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "policies_by_version" ON "policies" USING btree ("version","target");--> statement-breakpoint
CREATE INDEX "policies_by_owner" ON "policies" USING btree ("issuer","subject");