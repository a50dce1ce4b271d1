ALTER TABLE "connections" ADD COLUMN "app_key" text;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "risk" text;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "resumed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "reviewed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "denials" ADD COLUMN "undo" jsonb;