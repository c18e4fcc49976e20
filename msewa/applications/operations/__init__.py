"""Acts on applications, by what people do: draft, add papers, send, withdraw."""
