"""What a client does for himself: slots, holds, confirm, reschedule, cancel."""
