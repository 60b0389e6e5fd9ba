-- A batch of some ten megabytes was written as several files a column: half of an insert's time went into making them. Small parts keep all columns
-- in one file now; what merges make of them is large enough to have its columns apart, which reading wants.
ALTER TABLE activity MODIFY SETTING min_bytes_for_wide_part = 67108864;
ALTER TABLE content MODIFY SETTING min_bytes_for_wide_part = 67108864;
ALTER TABLE flow MODIFY SETTING min_bytes_for_wide_part = 67108864;
ALTER TABLE finding MODIFY SETTING min_bytes_for_wide_part = 67108864;
