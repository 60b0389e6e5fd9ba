import asyncio
import base64
import io
import zipfile

from openai import AsyncOpenAI, OpenAI

client = OpenAI(api_key="test", max_retries=0)
tools = [{"type": "function", "function": {"name": "add", "description": "Adds two numbers", "parameters": {"type": "object", "properties": {}}}}]
messages = [{"role": "system", "content": "You add numbers."}, {"role": "user", "content": "2 and 2?"}]
for _ in client.chat.completions.create(model="gpt-5", messages=messages, tools=tools, stream=True, stream_options={"include_usage": True}):
    pass
messages += [
    {"role": "assistant", "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "add", "arguments": '{"a":2,"b":2}'}}]},
    {"role": "tool", "tool_call_id": "call_1", "content": "4"},
]
client.chat.completions.create(model="gpt-5", messages=messages, tools=tools)


def skill():
    """A skill as a zip, the same bytes every time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in [
            ("adder/SKILL.md", "---\nname: adder\ndescription: Adds numbers.\nversion: 1.0.0\n---\n\nRun scripts/add.sh.\n"),
            ("adder/scripts/add.sh", '#!/bin/sh\necho "$(($1 + $2))"\n'),
        ]:
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)
    return base64.b64encode(out.getvalue()).decode()


inline = {
    "type": "inline",
    "name": "adder",
    "description": "Adds numbers.",
    "source": {"type": "base64", "media_type": "application/zip", "data": skill()},
}
shell = {"type": "shell", "environment": {"type": "container_auto", "skills": [inline]}}
client.responses.create(model="gpt-5", input="2 and 2?", tools=[shell])


async def again():
    """The asynchronous client names itself otherwise."""
    async with AsyncOpenAI(api_key="test", max_retries=0) as other:
        stream = await other.responses.create(model="gpt-5", instructions="You add numbers.", input="2 and 2?", stream=True)
        async for _ in stream:
            pass
        await other.embeddings.create(model="text-embedding-4-small", input=["two", "four"])


asyncio.run(again())
