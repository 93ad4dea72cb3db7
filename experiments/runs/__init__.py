"""What lies in results/ and how it is read again."""
