import asyncio

from mcp import Client


async def main():
    # Of the stateless revision, then a server that knows only sessions.
    async with Client("https://modern.tools.example/mcp") as client:
        await client.list_tools()
        await client.call_tool("add", {"a": 2, "b": 2})
        await client.read_resource("file:///readme.md")
    async with Client("https://mcp.tools.example/mcp") as client:
        await client.list_tools()
        await client.call_tool("add", {})
        await client.get_prompt("sum")


asyncio.run(main())
