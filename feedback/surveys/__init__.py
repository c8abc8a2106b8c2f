"""What a survey is made of, without a database: its questions, which of them are shown, what the answers come to."""
