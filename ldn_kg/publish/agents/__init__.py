"""The evidence for AI agents, by the Model Context Protocol (MCP).

tools    what can be asked, as functions of a dataset
worker   a process that answers, and is ended where it takes too long
server   the protocol: tools, resources, and what agents are told
"""
