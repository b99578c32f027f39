"""The published atlas of textbook sentences, and the published study of sizes."""
