"""What-if jobs: studies checked, run in processes of their own, and kept part by part."""
