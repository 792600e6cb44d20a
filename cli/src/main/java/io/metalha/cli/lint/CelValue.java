// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli.lint;

import io.metalha.api.v1alpha1.schema.KubeDuration;
import io.metalha.cli.lint.Cel.Node;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Evaluates rules. Values are what JSON has, with Long for integers, and Duration. */
final class CelValue {
    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern PREFIX = Pattern.compile("0|[1-9][0-9]{0,2}");

    private final Map<String, Object> names;

    private CelValue(Map<String, Object> names) {
        this.names = names;
    }

    static boolean holds(Node rule, Object self) {
        return new CelValue(Map.of("self", self)).bool(rule);
    }

    private boolean bool(Node node) {
        if (of(node) instanceof Boolean value) {
            return value;
        }
        throw new CelException(node + " is no boolean");
    }

    private Object of(Node node) {
        return switch (node) {
            case Node.Literal literal -> literal.value();
            case Node.Ident ident -> field(names, ident.name());
            case Node.Select select -> field(of(select.of()), select.field());
            case Node.Index index -> field(of(index.of()), of(index.key()));
            case Node.ListOf list -> list.items().stream().map(this::of).toList();
            case Node.Not not -> !bool(not.of());
            case Node.Binary binary -> binary(binary);
            case Node.Call call -> call(call);
        };
    }

    private static Object field(Object of, Object name) {
        Object value = of instanceof Map<?, ?> map ? map.get(name) : null;
        if (value == null) {
            throw new CelException("there is no " + name);
        }
        return value;
    }

    private Object binary(Node.Binary binary) {
        return switch (binary.operator()) {
            case "&&" -> bool(binary.left()) && bool(binary.right());
            case "||" -> bool(binary.left()) || bool(binary.right());
            case "==" -> of(binary.left()).equals(of(binary.right()));
            case "!=" -> !of(binary.left()).equals(of(binary.right()));
            case "<" -> compare(binary) < 0;
            case "<=" -> compare(binary) <= 0;
            case ">" -> compare(binary) > 0;
            case ">=" -> compare(binary) >= 0;
            case "in" -> collection(of(binary.right())).contains(of(binary.left()));
            case "+" -> sum(of(binary.left()), of(binary.right()));
            case "%" -> remainder(of(binary.left()), of(binary.right()));
            default -> throw new CelException("unknown operator " + binary.operator());
        };
    }

    private int compare(Node.Binary binary) {
        Object left = of(binary.left());
        Object right = of(binary.right());
        if (left instanceof Duration one && right instanceof Duration other) {
            return one.compareTo(other);
        }
        if (left instanceof Long one && right instanceof Long other) {
            return one.compareTo(other);
        }
        throw new CelException("cannot compare " + left + " with " + right);
    }

    private static Object sum(Object left, Object right) {
        if (left instanceof Duration one && right instanceof Duration other) {
            return one.plus(other);
        }
        if (left instanceof Long one && right instanceof Long other) {
            return one + other;
        }
        throw new CelException("cannot add " + left + " and " + right);
    }

    private static long remainder(Object left, Object right) {
        if (left instanceof Long one && right instanceof Long other && other != 0) {
            return one % other;
        }
        throw new CelException("cannot divide " + left + " by " + right);
    }

    private Object call(Node.Call call) {
        if (call.on().isPresent()) {
            return method(call.on().get(), call.name(), call.arguments());
        }
        Node argument = call.arguments().getFirst();
        return switch (call.name()) {
            case "has" -> has(argument);
            case "duration" -> duration(text(of(argument)));
            case "isIP" -> isIp(text(of(argument)));
            case "isCIDR" -> isCidr(text(of(argument)));
            case "size" -> size(of(argument));
            default -> throw new CelException("unknown function " + call.name());
        };
    }

    private boolean has(Node field) {
        if (field instanceof Node.Select select && of(select.of()) instanceof Map<?, ?> map) {
            return map.containsKey(select.field());
        }
        throw new CelException("has() of no field");
    }

    private Object method(Node on, String name, List<Node> arguments) {
        Object target = of(on);
        return switch (name) {
            case "size" -> size(target);
            case "matches" ->
                Pattern.compile(text(of(arguments.getFirst())))
                        .matcher(text(target))
                        .find();
            case "contains" -> text(target).contains(text(of(arguments.getFirst())));
            case "startsWith" -> text(target).startsWith(text(of(arguments.getFirst())));
            case "endsWith" -> text(target).endsWith(text(of(arguments.getFirst())));
            case "all" ->
                matching(target, arguments).size() == collection(target).size();
            case "exists" -> !matching(target, arguments).isEmpty();
            case "exists_one" -> matching(target, arguments).size() == 1;
            case "filter" -> matching(target, arguments);
            default -> throw new CelException("unknown method " + name);
        };
    }

    private List<Object> matching(Object target, List<Node> arguments) {
        if (!(arguments.getFirst() instanceof Node.Ident variable) || arguments.size() != 2) {
            throw new CelException("a macro wants a variable and a condition");
        }
        var found = new ArrayList<Object>();
        for (Object each : collection(target)) {
            var inner = new HashMap<>(names);
            inner.put(variable.name(), each);
            if (new CelValue(inner).bool(arguments.get(1))) {
                found.add(each);
            }
        }
        return found;
    }

    /** Of a map its keys. */
    private static Collection<?> collection(Object value) {
        return switch (value) {
            case List<?> list -> list;
            case Map<?, ?> map -> map.keySet();
            default -> throw new CelException(value + " is no list");
        };
    }

    private static long size(Object value) {
        return value instanceof String text
                ? text.codePointCount(0, text.length())
                : collection(value).size();
    }

    private static String text(Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new CelException(value + " is no text");
    }

    private static Duration duration(String text) {
        try {
            return KubeDuration.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CelException(String.valueOf(e.getMessage()));
        }
    }

    private static boolean isIp(String text) {
        try {
            return (text.contains(":") || IPV4.matcher(text).matches())
                    && !text.contains("%")
                    && InetAddress.ofLiteral(text) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isCidr(String text) {
        int slash = text.indexOf('/');
        return slash > 0
                && isIp(text.substring(0, slash))
                && PREFIX.matcher(text.substring(slash + 1)).matches()
                && Integer.parseInt(text.substring(slash + 1)) <= (text.contains(":") ? 128 : 32);
    }
}
