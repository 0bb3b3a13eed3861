-- What becomes of a file whose name is taken in its folder: keep (both) or replace.

ALTER TABLE transfer_in ADD COLUMN clash TEXT NOT NULL DEFAULT 'keep';
