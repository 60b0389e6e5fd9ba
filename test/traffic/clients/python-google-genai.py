from google import genai
from google.genai import types

client = genai.Client(api_key="test")


def add(a: int, b: int) -> int:
    """Adds two numbers"""
    return a + b


config = types.GenerateContentConfig(
    system_instruction="You add numbers.",
    temperature=0.2,
    tools=[add],
    automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
)
for _ in client.models.generate_content_stream(model="gemini-3-pro", contents="2 and 2?", config=config):
    pass
chat = client.chats.create(model="gemini-3-pro")
chat.send_message("2 and 2?")
chat.send_message("And again?")
client.interactions.create(model="gemini-3-pro", input="2 and 2?", system_instruction="You add numbers.")
client.models.embed_content(model="gemini-embedding-2", contents=["two", "four"])
