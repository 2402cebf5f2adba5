"""The plan of the next hours: when breaks, lunches and debriefs happen so that enough people stay."""
