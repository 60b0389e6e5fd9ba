-- A mirror whose target takes smaller packets than the sources send cuts the larger ones: coverage has to say so for each egress IP.
ALTER TABLE flow ADD COLUMN IF NOT EXISTS cut_packets UInt32 COMMENT 'packets cut to the mirror''s size limit' CODEC(ZSTD(1));
