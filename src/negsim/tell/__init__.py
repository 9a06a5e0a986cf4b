"""What people look at and read: pictures, transcripts, tables, the demonstration."""
