package dev.osprey;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** A collector of traces: takes them by OTLP over HTTP as protobuf, and keeps them. */
final class TraceReceiver implements AutoCloseable {

    private final HttpServer http;
    private final List<ResourceSpans> received = new CopyOnWriteArrayList<>();

    TraceReceiver() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/v1/traces", this::receive);
        http.start();
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange;
                InputStream body = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))
                        ? new GZIPInputStream(exchange.getRequestBody())
                        : exchange.getRequestBody()) {
            received.addAll(ExportTraceServiceRequest.parseFrom(body).getResourceSpansList());
            exchange.sendResponseHeaders(200, -1);
        }
    }

    String address() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    /** What the senders have said of themselves. */
    List<Map<String, String>> resources() {
        return received.stream()
                .map(spans -> attributes(spans.getResource().getAttributesList()))
                .distinct()
                .toList();
    }

    /** Osprey's own of a name that are below no other, in the order of their beginnings. */
    List<Span> roots(String name) {
        return spans().stream()
                .filter(span ->
                        span.getParentSpanId().isEmpty() && span.getName().equals(name))
                .toList();
    }

    /** In the order of their beginnings. */
    List<Span> below(Span root) {
        return spans().stream()
                .filter(span -> span.getParentSpanId().equals(root.getSpanId())
                        && span.getTraceId().equals(root.getTraceId()))
                .toList();
    }

    private List<Span> spans() {
        return received.stream()
                .flatMap(spans -> spans.getScopeSpansList().stream())
                .filter(spans -> spans.getScope().getName().equals("dev.osprey"))
                .map(ScopeSpans::getSpansList)
                .flatMap(List::stream)
                .sorted(Comparator.comparing(Span::getStartTimeUnixNano))
                .toList();
    }

    static Map<String, String> attributes(List<KeyValue> attributes) {
        return attributes.stream().collect(Collectors.toMap(KeyValue::getKey, each -> text(each.getValue())));
    }

    private static String text(AnyValue value) {
        return switch (value.getValueCase()) {
            case INT_VALUE -> Long.toString(value.getIntValue());
            case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
            case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
            default -> value.getStringValue();
        };
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
