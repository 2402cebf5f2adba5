"""What `router.assign` stands on: the batch, its network, its rules that are no flow, and the proof."""
