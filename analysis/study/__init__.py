"""One data set through all of the analysis, kept as one record.

``steps``
    The steps of a study, in their order; each gives frames.
``making``
    Those that ask how valence is made.
``audio_block``
    What the audio analysis adds, where a table has it.
``schema``
    What is in a record.
``fingerprints``
    Which code a record was made with.
``records``
    The record: made, written, read.
``replication``
    Several records side by side.
"""
