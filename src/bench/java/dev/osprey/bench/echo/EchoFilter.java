package dev.osprey.bench.echo;

import dev.osprey.socket.RemoteAddress;
import jakarta.servlet.annotation.WebFilter;

/** The filter that Osprey has before its WebSockets; it reads what clients send in the container's place. */
@WebFilter(urlPatterns = "/*", asyncSupported = true)
public class EchoFilter extends RemoteAddress {}
